using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>Boxes that have the name of another node (docs/SPECIFICATION.md#node-identity).</summary>
/// <remarks>
/// The one that was known first keeps the name. Another one that a further peer reports is not reached through that peer until the first
/// one is gone. A new start of the first one is none: one head after the other reports it.
/// </remarks>
internal sealed class NodeRivals(Effects effects)
{
    // In seconds of the clock of one box. A box that goes on reporting for so long after the other one has come runs beside it, whatever
    // the clock of that one shows. A report of a box that has ended is on its way for less.
    private const double LongestWay = 60;

    // The start of each node before the present one, with the last stamp of its status.
    private readonly Dictionary<string, (string Instance, double Ts)> _former = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Peer), Rival> _rivals = [];

    /// <summary>Whether a peer reports another box under the name of a node.</summary>
    public bool Has(string name, string peer) => _rivals.Count > 0 && _rivals.ContainsKey((name, peer));

    /// <summary>Whether a peer reports another box under the name of any node.</summary>
    public bool HasAny(string peer) => _rivals.Keys.Any(key => key.Peer == peer);

    /// <summary>True for two starts of one box, whose instances begin with the same id.</summary>
    public static bool AreSameBox(string one, string other) =>
        one.AsSpan(0, one.IndexOf('.') + 1) is { Length: > 0 } id && other.StartsWith(id, StringComparison.Ordinal);

    /// <summary>Notes that a node was started again, or that another box has replaced it.</summary>
    public void NoteRestart(string name, NodeStatus former) => _former[name] = (former.Instance!, former.Ts);

    /// <summary>True for the start of a node before the present one: the peer that reports it has not received the new start.</summary>
    public bool IsFormer(string name, NodeStatus status) => IsOfFormer(name, status, out var ts) && status.Ts <= ts + LongestWay;

    /// <summary>Adds a report of another box.</summary>
    /// <param name="name">The name of both.</param>
    /// <param name="peer">The peer that reports the other box.</param>
    /// <param name="status">The status of the other box.</param>
    /// <param name="first">The status of the first one.</param>
    public void Add(string name, string peer, NodeStatus status, KnownNode first)
    {
        if (_rivals.GetValueOrDefault((name, peer)) is not { } known || known.Instance != status.Instance)
            _rivals[(name, peer)] = known = new Rival(status.Instance!, status.Ts, first.Status.Ts);
        if (IsOfFormer(name, status, out _))
            Report(name, first.Peer, peer, known);
    }

    /// <summary>Notes a further report of the first box. Each other one that still runs beside it is reported once.</summary>
    /// <param name="name">The name of both.</param>
    /// <param name="peer">The peer that reports the first one.</param>
    /// <param name="ts">The time of the report, by the clock of the first one.</param>
    public void NoteFirst(string name, string peer, double ts)
    {
        foreach (var ((other, through), rival) in _rivals)
        {
            if (other == name && through != peer && (ts > rival.Since || ts > rival.FirstSince + LongestWay))
                Report(name, peer, through, rival);
        }
    }

    /// <summary>Forgets what a peer has reported under a name: it is the box that is known.</summary>
    public void Remove(string name, string peer) => _ = _rivals.Count > 0 && _rivals.Remove((name, peer));

    /// <summary>Forgets the start before the present one of a node that is gone.</summary>
    public void Forget(string name) => _ = _former.Remove(name);

    /// <summary>Forgets the boxes that a peer no longer reports.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="isGone">Tells whether it no longer reports a name.</param>
    public void RemoveGone(string peer, Func<string, bool> isGone)
    {
        foreach (var key in _rivals.Keys.Where(key => key.Peer == peer && isGone(key.Name)).ToList())
            _ = _rivals.Remove(key);
    }

    /// <summary>Forgets all that a peer has reported.</summary>
    public void RemoveAll(string peer) => RemoveGone(peer, _ => true);

    // Whenever the report is of; with the last stamp of that start.
    private bool IsOfFormer(string name, NodeStatus status, out double ts)
    {
        var isOfFormer = _former.TryGetValue(name, out var former) && former.Instance == status.Instance;
        ts = former.Ts;
        return isOfFormer;
    }

    private void Report(string name, string first, string second, Rival rival)
    {
        if (!rival.IsReported)
            effects.AddNameConflict(new NameConflict(name, first, second));
        rival.IsReported = true;
    }

    private sealed class Rival(string instance, double since, double firstSince)
    {
        public string Instance { get; } = instance;

        // The time of its first report, by its own clock.
        public double Since { get; } = since;

        // The last time of the first box by then, by the clock of that one.
        public double FirstSince { get; } = firstSince;

        public bool IsReported { get; set; }
    }
}
