using System.Text;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Protocol.Unix;

/// <summary>Addresses of Unix sockets: <c>unix:/run/meeseeks/box.sock</c>.</summary>
public static class UnixAddress
{
    // The size of sun_path in struct sockaddr_un (unix(7)).
    private const int LongestPath = 108;

    private const string Prefix = "unix:";

    /// <summary>The path of the socket; null for the address of a host.</summary>
    public static string? PathOf(string address) =>
        address.StartsWith(Prefix, StringComparison.Ordinal) ? address[Prefix.Length..] : null;

    /// <summary>The error of an address; null when it is valid.</summary>
    public static string? FaultOf(string address) => PathOf(address) switch
    {
        "" => $"the path of the socket is missing after '{Prefix}'; write it as in {Prefix}/run/meeseeks/box.sock",
        { } path when Encoding.UTF8.GetByteCount(path) is > LongestPath and var bytes =>
            $"the path of a Unix socket has {LongestPath} bytes at most, and this one has {bytes}",
        _ => null,
    };

    /// <summary>Reads the setting <c>address</c> of a connecting program.</summary>
    /// <remarks>An invalid address is added to the problems.</remarks>
    /// <returns>The address; null when it is not set.</returns>
    public static string? Read(SectionReader section)
    {
        var address = section.Text("address");
        if (address is not null && FaultOf(address) is { } fault && section.Find("address") is { } setting)
            section.AddProblem(setting, fault);
        return address;
    }
}
