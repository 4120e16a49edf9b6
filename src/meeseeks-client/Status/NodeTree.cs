using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The tree of nodes, derived from the routing of each node.</summary>
internal sealed class NodeTree
{
    private readonly Dictionary<string, string[]> _reached;
    private readonly Dictionary<string, string[]> _children = [];

    /// <param name="nodes">All nodes by name.</param>
    public NodeTree(IReadOnlyDictionary<string, NodeStatus> nodes)
    {
        _reached = nodes.ToDictionary(
            node => node.Key, node => node.Value.Routing.Where(other => other != node.Key && nodes.ContainsKey(other)).ToArray());
    }

    /// <summary>The number of entries of routings that were read for the children of all nodes.</summary>
    public long Work { get; private set; }

    /// <summary>The nodes in display order, with their level. A node with two upstream nodes appears twice.</summary>
    public IReadOnlyList<(string Name, int Level)> Walk()
    {
        var below = _reached.Values.SelectMany(names => names).ToHashSet();
        var roots = _reached.Keys.Where(name => !below.Contains(name)).Order(StringComparer.Ordinal).ToArray();

        // Nodes in a cycle have no root.
        var tops = roots.Length > 0 ? roots : [.. _reached.Keys.Order(StringComparer.Ordinal)];
        var (walked, above) = (new List<(string Name, int Level)>(), new HashSet<string>());
        foreach (var top in tops)
            Walk(top, above, walked);
        return walked;
    }

    // The level is the number of nodes above.
    private void Walk(string name, HashSet<string> above, List<(string Name, int Level)> walked)
    {
        if (!above.Add(name))
            return;

        walked.Add((name, above.Count - 1));
        foreach (var child in Children(name))
            Walk(child, above, walked);
        _ = above.Remove(name);
    }

    // A node is a child unless it is also reached through another reachable node.
    private string[] Children(string name)
    {
        if (_children.TryGetValue(name, out var known))
            return known;
        var further = _reached[name].Distinct().SelectMany(Read).ToHashSet();
        var children = _reached[name].Where(one => !further.Contains(one)).Order(StringComparer.Ordinal).ToArray();
        _children.Add(name, children);
        return children;
    }

    private string[] Read(string name)
    {
        Work += _reached[name].Length;
        return _reached[name];
    }
}
