using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Resolves the <c>listen</c> section to addresses (docs/SPECIFICATION.md#listen-settings).</summary>
internal static class ListenAddress
{
    /// <summary>Resolves all addresses of the section; IP addresses have port 0.</summary>
    /// <exception cref="SocketException">The name cannot be resolved.</exception>
    /// <exception cref="IOException">No address of this host starts with the prefix.</exception>
    public static async Task<IReadOnlyList<EndPoint>> ResolveAsync(ListenConfig listen, CancellationToken stop)
    {
        if (listen.Prefix is not null)
            return [new IPEndPoint(OfThisHost(listen.Prefix), 0)];

        var all = new List<EndPoint>();
        foreach (var word in listen.Address.Split(',', StringSplitOptions.TrimEntries))
        {
            all.AddRange(UnixAddress.PathOf(word) is { } path
                ? [new UnixDomainSocketEndPoint(path)]
                : (await ResolveAsync(word, stop)).Select(address => new IPEndPoint(address, 0)));
        }

        return [.. all.Distinct()];
    }

    /// <summary>True when other hosts may reach the address.</summary>
    public static bool IsOpenToOthers(EndPoint address) => address is IPEndPoint host && !IPAddress.IsLoopback(host.Address);

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string address, CancellationToken stop)
    {
        return address switch
        {
            "" or "*" or "::" => Socket.OSSupportsIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any],
            _ when IPAddress.TryParse(address, out var known) => [known],
            _ => [.. (await Dns.GetHostAddressesAsync(address, stop)).Where(IsUsable).Distinct()],
        };
    }

    private static bool IsUsable(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => Socket.OSSupportsIPv4,
        AddressFamily.InterNetworkV6 => Socket.OSSupportsIPv6,
        _ => false,
    };

    private static IPAddress OfThisHost(string prefix)
    {
        var all = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .ToArray();
        return Array.Find(all, address => address.ToString().StartsWith(prefix, StringComparison.Ordinal))
            ?? throw new IOException(
                $"no address of this host starts with '{prefix}'; it has {string.Join(", ", all.Select(address => address.ToString()))}");
    }
}
