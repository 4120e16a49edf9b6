namespace MeeseeksBox.Core.Membership;

/// <summary>Which peer reports which node, and which box of that name: a peer reports all that it reaches.</summary>
internal sealed class NodeReports
{
    // By peer and node: the instance, if the peer reports one that is online.
    private readonly Dictionary<string, Dictionary<string, string?>> _byPeer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _byNode = new(StringComparer.Ordinal);

    /// <summary>The nodes that a peer reports.</summary>
    public IReadOnlyCollection<string> Of(string peer) =>
        _byPeer.TryGetValue(peer, out var nodes) ? nodes.Keys : [];

    /// <summary>The peers that report a node.</summary>
    public string[] PeersOf(string node) => _byNode.GetValueOrDefault(node, []);

    /// <summary>True when a peer reports a node.</summary>
    public bool Has(string peer, string node) => _byPeer.TryGetValue(peer, out var nodes) && nodes.ContainsKey(node);

    /// <summary>True when the last report of a peer has an instance of a node as online.</summary>
    public bool HasOnline(string peer, string node, string instance) =>
        _byPeer.TryGetValue(peer, out var nodes) && nodes.GetValueOrDefault(node) == instance;

    /// <summary>Adds a report, or replaces the one before; false when there was one.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="node">The node.</param>
    /// <param name="instance">The instance of the node if it is online; null otherwise, or when it does not say.</param>
    public bool Add(string peer, string node, string? instance)
    {
        if (!_byPeer.TryGetValue(peer, out var nodes))
        {
            nodes = new Dictionary<string, string?>(StringComparer.Ordinal);
            _byPeer.Add(peer, nodes);
        }

        if (!nodes.TryAdd(node, instance))
        {
            nodes[node] = instance;
            return false;
        }

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
