using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MeeseeksBox.Agent.Listening;

/// <summary>From the words of the <c>listen</c> section to addresses (SPEC.md §1.4).</summary>
internal static class ListenAddress
{
    /// <summary>All addresses that are meant.</summary>
    /// <param name="address">A name or an address; null when none was set.</param>
    /// <param name="prefix">What an address of this host is to start with, when no address was set.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="SocketException">The name is not known.</exception>
    /// <exception cref="IOException">No address of this host starts with the prefix.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string? address, string? prefix, CancellationToken stop)
    {
        if (address is null && prefix is not null)
        {
            return [OfThisHost(prefix)];
        }

        return address switch
        {
            null => await ResolveAsync("localhost", null, stop),
            "" or "*" => [IPAddress.Any],
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
            ?? throw new IOException($"no address of this host starts with '{prefix}'; it has {string.Join(", ", all.Select(address => address.ToString()))}");
    }
}
