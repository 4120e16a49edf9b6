namespace MeeseeksBox.Core.Membership;

/// <summary>Which peer reports which node: a peer reports all that it reaches.</summary>
internal sealed class NodeReports
{
    private readonly Dictionary<string, HashSet<string>> _byPeer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _byNode = new(StringComparer.Ordinal);

    /// <summary>The nodes that a peer reports.</summary>
    public IReadOnlyCollection<string> Of(string peer) => _byPeer.GetValueOrDefault(peer, []);

    /// <summary>The peers that report a node.</summary>
    public string[] PeersOf(string node) => _byNode.GetValueOrDefault(node, []);

    /// <summary>True when a peer reports a node.</summary>
    public bool Has(string peer, string node) => _byPeer.TryGetValue(peer, out var nodes) && nodes.Contains(node);

    /// <summary>Adds a report; false when it is there already.</summary>
    public bool Add(string peer, string node)
    {
        if (!_byPeer.TryGetValue(peer, out var nodes))
        {
            nodes = new HashSet<string>(StringComparer.Ordinal);
            _byPeer.Add(peer, nodes);
        }

        if (!nodes.Add(node))
            return false;

        _byNode[node] = [.. PeersOf(node), peer];
        return true;
    }

    /// <summary>Removes a report; false when there is none.</summary>
    public bool Remove(string peer, string node)
    {
        if (!_byPeer.TryGetValue(peer, out var nodes) || !nodes.Remove(node))
            return false;

        if (nodes.Count is 0)
            _ = _byPeer.Remove(peer);

        string[] others = [.. PeersOf(node).Where(other => other != peer)];
        if (others is [])
            _ = _byNode.Remove(node);
        else
            _byNode[node] = others;

        return true;
    }
}
