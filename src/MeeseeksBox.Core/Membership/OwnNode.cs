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

    private string _name = "";
    private double _publishedAt = double.NegativeInfinity;
    private int _onlineVersion = -1;
    private NodeStatus _status = new();
    private bool _isRoutingStale;

    /// <summary>The status that was published last.</summary>
    /// <remarks>The list of all online nodes is made for a reader only: while a large tree starts, it changes with each node.</remarks>
    public NodeStatus Status
    {
        get
        {
            if (_isRoutingStale)
                (_status, _isRoutingStale) = (_status with { Routing = Routing() }, false);

            return _status;
        }
    }

    /// <summary>The number of change of that status.</summary>
    public long Seq { get; private set; }

    /// <summary>The end of the validity of the own certificates, in seconds since 1970; null without.</summary>
    public long? CertificateEnd { get; set; }

    /// <summary>Publishes the status if it has changed significantly or is too old.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="links">The direct downstream nodes, ordered.</param>
    /// <param name="loadavg">The load average of this host.</param>
    /// <param name="maxAge">The highest age of the published status, in seconds.</param>
    /// <param name="now">The time.</param>
    public void Publish(NodeSettings settings, string[] links, double loadavg, double maxAge, Instant now)
    {
        var isRerouted = _onlineVersion != nodes.OnlineVersion || _name != settings.Name;
        (_onlineVersion, _name) = (nodes.OnlineVersion, settings.Name);
        _isRoutingStale |= isRerouted;
        var status = new NodeStatus
        {
            Online = true,
            Ts = now.Wall > _status.Ts ? now.Wall : Math.BitIncrement(_status.Ts + 1e-6),
            Loadavg = loadavg,
            Routing = _status.Routing,
            Pools = settings.Offers,
            Links = links,
            Ver = settings.Version,
            Caps = Capabilities,
            CertUntil = CertificateEnd,
            Instance = settings.Instance,
            MaxRequest = settings.MaxRequest,
        };
        var isSignificant = isRerouted || status.DiffersFrom(_status);
        if (isSignificant || now.Monotonic - _publishedAt >= maxAge)
        {
            _status = status;
            Seq = nodes.NextSeq(isSignificant);
            _publishedAt = now.Monotonic;
        }
    }

    private string[] Routing() =>
        [.. nodes.All.Where(node => node.Status.Online).Select(node => node.Name).Append(_name).Order(StringComparer.Ordinal)];
}
