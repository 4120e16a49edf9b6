using System.Text;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Unix;

/// <summary>Addresses that are no host and port but the file of a Unix socket: <c>unix:/run/meeseeks/box.sock</c>.</summary>
public static class UnixAddress
{
    // Of sun_path in struct sockaddr_un (unix(7)).
    private const int LongestPath = 108;

    private const string Prefix = "unix:";

    /// <summary>The path of the socket; null when the address is that of a host.</summary>
    public static string? PathOf(string address) =>
        address.StartsWith(Prefix, StringComparison.Ordinal) ? address[Prefix.Length..] : null;

    /// <summary>What makes an address of no use; null when nothing does, and for that of a host.</summary>
    public static string? FaultOf(string address) => PathOf(address) switch
    {
        "" => $"'{Prefix}' stands without the path of a socket, as in {Prefix}/run/meeseeks/box.sock",
        { } path when Encoding.UTF8.GetByteCount(path) is > LongestPath and var bytes => $"the path of a Unix socket has {LongestPath} bytes at most, and this one has {bytes}",
        _ => null,
    };

    /// <summary>Reads the setting <c>address</c> of who connects. What is wrong is told to the reader.</summary>
    /// <returns>Null when it is not set.</returns>
    public static string? Read(SectionReader section)
    {
        var address = section.Text("address");
        if (address is not null && FaultOf(address) is { } fault && section.Find("address") is { } setting)
            section.AddProblem(setting, fault);
        return address;
    }
}
