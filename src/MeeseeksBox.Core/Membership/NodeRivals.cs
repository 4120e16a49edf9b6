using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Membership;

/// <summary>Boxes that have the name of another node (docs/SPECIFICATION.md#node-identity).</summary>
/// <remarks>
/// The one that was known first keeps the name. Another one that a further peer reports is not reached through that peer, until the first
/// one is gone, or every peer reports the other one: a box that was started again is seen by one head after the other.
/// </remarks>
internal sealed class NodeRivals(Effects effects)
{
    // So many reports of the first box after the other one has come show that both run, whatever their clocks say.
    private const int ReportsOfBoth = 2;

    private readonly Dictionary<(string Name, string Peer), Rival> _rivals = [];

    /// <summary>Whether a peer reports another box under the name of a node.</summary>
    public bool Has(string name, string peer) => _rivals.Count > 0 && _rivals.ContainsKey((name, peer));

    /// <summary>Adds a report of another box.</summary>
    public void Add(string name, string peer, NodeStatus status)
    {
        if (_rivals.GetValueOrDefault((name, peer)) is not { } known || known.Instance != status.Instance)
            _rivals[(name, peer)] = new Rival(status.Instance!, status.Ts);
    }

    /// <summary>Notes a further report of the first box. Each other one that still runs beside it is reported once.</summary>
    /// <param name="name">The name of both.</param>
    /// <param name="peer">The peer that reports the first one.</param>
    /// <param name="ts">The time of the report, by the clock of the first one.</param>
    public void NoteFirst(string name, string peer, double ts)
    {
        foreach (var ((other, through), rival) in _rivals)
        {
            if (other != name || through == peer || rival.IsReported)
                continue;
            rival.ReportsOfFirst++;
            rival.IsReported = ts > rival.Since || rival.ReportsOfFirst >= ReportsOfBoth;
            if (rival.IsReported)
                effects.AddNameConflict(new NameConflict(name, peer, through));
        }
    }

    /// <summary>Forgets what a peer has reported under a name: it is the box that is known.</summary>
    public void Remove(string name, string peer) => _ = _rivals.Count > 0 && _rivals.Remove((name, peer));

    /// <summary>Forgets all that a peer has reported.</summary>
    public void RemoveAll(string peer)
    {
        foreach (var key in _rivals.Keys.Where(key => key.Peer == peer).ToList())
            _ = _rivals.Remove(key);
    }

    private sealed class Rival(string instance, double since)
    {
        public string Instance { get; } = instance;

        // The time of its first report, by its own clock.
        public double Since { get; } = since;

        public int ReportsOfFirst { get; set; }

        public bool IsReported { get; set; }
    }
}
