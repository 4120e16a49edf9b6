using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>An address to connect to: a host, perhaps with a port, or <c>unix:/path</c>.</summary>
/// <remarks>Samples: <c>head1</c>, <c>head1:13700</c>, <c>::1</c>, <c>[::1]</c>, <c>[::1]:13700</c>.</remarks>
/// <param name="Host">The host without brackets, or <c>unix:/path</c>.</param>
/// <param name="Port">The port; null if the text has none.</param>
public sealed record HostAddress(string Host, int? Port)
{
    private const int HighestPort = 65535;

    /// <summary>Parses an address, or says what is wrong with it.</summary>
    public static Result<HostAddress> Parse(string text)
    {
        if (UnixAddress.PathOf(text) is not null)
            return UnixAddress.FaultOf(text) is { } fault ? new Error(fault) : new HostAddress(text, null);

        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return end > 0 && IsVersion6(text[1..end]) && (end == text.Length - 1 || text[end + 1] is ':')
                ? WithPort(text[1..end], end == text.Length - 1 ? null : text[(end + 2)..])
                : new Error($"'{text}' is not an IPv6 address in brackets; write [::1], or [::1]:13700 with a port");
        }

        return text.Split(':') switch
        {
            [_] => new HostAddress(text, null),
            [{ Length: > 0 } host, var port] => WithPort(host, port),
            _ when IsVersion6(text) => new HostAddress(text, null),
            _ => new Error($"'{text}' is not an address; write HOST or HOST:PORT, and an IPv6 address with a port as [::1]:13700"),
        };
    }

    private static bool IsVersion6(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily is AddressFamily.InterNetworkV6;

    private static Result<HostAddress> WithPort(string host, string? port) =>
        port is null ? new HostAddress(host, null)
        : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= HighestPort
            ? new HostAddress(host, number)
            : new Error($"'{port}' after the colon is not a port from 1 to {HighestPort}");
}
