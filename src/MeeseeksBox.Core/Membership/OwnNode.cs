using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>What this node tells of itself. It is stated anew when something of it changes, and stamped anew when somebody asks.</summary>
internal sealed class OwnNode(NodeTable nodes)
{
    private static readonly string[] Capabilities = ["wait"];

    private double _publishedAt = double.NegativeInfinity;
    private int _onlineVersion = -1;

    /// <summary>The status as it was last stated.</summary>
    public NodeStatus Status { get; private set; } = new();

    /// <summary>The number of change under which it was stated.</summary>
    public long Seq { get; private set; }

    /// <summary>States it anew when something of it has changed that matters, or when it is too old.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="links">The direct downstream nodes.</param>
    /// <param name="loadavg">The load average of this host.</param>
    /// <param name="oldest">How old the statement may be, in seconds.</param>
    /// <param name="now">The time.</param>
    public void Publish(NodeSettings settings, IEnumerable<string> links, double loadavg, double oldest, Instant now)
    {
        var status = new NodeStatus
        {
            Online = true,
            Ts = now.Wall > Status.Ts ? now.Wall : Math.BitIncrement(Status.Ts + 1e-6),
            Loadavg = loadavg,
            Routing = _onlineVersion == nodes.OnlineVersion && Status.Routing is [_, ..] ? Status.Routing : Routing(settings.Name),
            Pools = settings.Offers,
            Links = [.. links.Order(StringComparer.Ordinal)],
            Ver = settings.Version,
            Caps = Capabilities,
        };
        _onlineVersion = nodes.OnlineVersion;
        var matters = Seq is 0 || status.DiffersFrom(Status);
        if (matters || now.Monotonic - _publishedAt >= oldest)
        {
            Status = status;
            Seq = nodes.NextSeq(matters);
            _publishedAt = now.Monotonic;
        }
    }

    private string[] Routing(string here) =>
        [.. nodes.All.Where(node => node.Status.Online).Select(node => node.Name).Append(here).Order(StringComparer.Ordinal)];
}
