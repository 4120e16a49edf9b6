using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The tree of nodes, derived from the routing of each node.</summary>
internal sealed class NodeTree(IReadOnlyDictionary<string, NodeStatus> nodes)
{
    /// <summary>The nodes in display order, with their level. A node with two upstream nodes appears twice.</summary>
    public IEnumerable<(string Name, int Level)> Walk()
    {
        var below = nodes.SelectMany(node => Reached(node.Key)).ToHashSet();
        var roots = nodes.Keys.Where(name => !below.Contains(name)).Order(StringComparer.Ordinal).ToArray();

        // Nodes in a cycle have no root.
        var tops = roots.Length > 0 ? roots : [.. nodes.Keys.Order(StringComparer.Ordinal)];
        return tops.SelectMany(root => Walk(root, 0, []));
    }

    private IEnumerable<(string Name, int Level)> Walk(string name, int level, HashSet<string> above)
    {
        if (above.Contains(name))
            yield break;

        yield return (name, level);
        foreach (var below in Children(name).SelectMany(child => Walk(child, level + 1, [.. above, name])))
            yield return below;
    }

    // A node is a child unless it is also reached through another reachable node.
    private IEnumerable<string> Children(string name)
    {
        var reached = Reached(name).ToList();
        return reached.Where(one => !reached.Any(other => other != one && Reached(other).Contains(one))).Order(StringComparer.Ordinal);
    }

    private IEnumerable<string> Reached(string name) =>
        nodes.TryGetValue(name, out var node) ? node.Routing.Where(other => other != name && nodes.ContainsKey(other)) : [];
}
