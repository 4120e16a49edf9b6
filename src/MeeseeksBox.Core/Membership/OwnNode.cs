using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>The status of this node. It is published when it changes, and restamped when a reader needs a recent one.</summary>
internal sealed class OwnNode(NodeTable nodes)
{
    private static readonly string[] Capabilities =
    [
        NodeStatus.WaitCapability, NodeStatus.LeaseCapability, NodeStatus.TailCapability, NodeStatus.SignalCapability,
        NodeStatus.SuspendCapability,
    ];

    private double _publishedAt = double.NegativeInfinity;
    private int _onlineVersion = -1;

    /// <summary>The status that was published last.</summary>
    public NodeStatus Status { get; private set; } = new();

    /// <summary>The number of change of that status.</summary>
    public long Seq { get; private set; }

    /// <summary>The end of the validity of the own certificates, in seconds since 1970; null without.</summary>
    public long? CertificateEnd { get; set; }

    /// <summary>Publishes the status if it has changed significantly or is too old.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="links">The direct downstream nodes.</param>
    /// <param name="loadavg">The load average of this host.</param>
    /// <param name="maxAge">The highest age of the published status, in seconds.</param>
    /// <param name="now">The time.</param>
    public void Publish(NodeSettings settings, IEnumerable<string> links, double loadavg, double maxAge, Instant now)
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
            CertUntil = CertificateEnd,
            Instance = settings.Instance,
        };
        _onlineVersion = nodes.OnlineVersion;
        var isSignificant = Seq is 0 || status.DiffersFrom(Status);
        if (isSignificant || now.Monotonic - _publishedAt >= maxAge)
        {
            Status = status;
            Seq = nodes.NextSeq(isSignificant);
            _publishedAt = now.Monotonic;
        }
    }

    private string[] Routing(string here) =>
        [.. nodes.All.Where(node => node.Status.Online).Select(node => node.Name).Append(here).Order(StringComparer.Ordinal)];
}
