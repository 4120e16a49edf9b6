using System.Text;

namespace MeeseeksBox.Foundation.Unix;

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
}
