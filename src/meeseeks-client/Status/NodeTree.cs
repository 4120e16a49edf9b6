using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>Who is reached through whom, found out from what each node can reach.</summary>
internal sealed class NodeTree(IReadOnlyDictionary<string, NodeStatus> nodes)
{
    /// <summary>The nodes in the order in which they are shown, with their level. One that is reached two ways stands there twice.</summary>
    public IEnumerable<(string Name, int Level)> Walk()
    {
        var below = nodes.SelectMany(node => Reached(node.Key)).ToHashSet();
        var roots = nodes.Keys.Where(name => !below.Contains(name)).Order(StringComparer.Ordinal).ToArray();

        // Nodes that reach each other in a circle have no top.
        return (roots.Length > 0 ? roots : [.. nodes.Keys.Order(StringComparer.Ordinal)]).SelectMany(root => Walk(root, 0, []));
    }

    private IEnumerable<(string Name, int Level)> Walk(string name, int level, HashSet<string> above)
    {
        if (above.Contains(name))
        {
            yield break;
        }

        yield return (name, level);
        foreach (var below in Children(name).SelectMany(child => Walk(child, level + 1, [.. above, name])))
        {
            yield return below;
        }
    }

    // A node that is reached through another that is reached from here is no child of ours.
    private IEnumerable<string> Children(string name)
    {
        var reached = Reached(name).ToList();
        return reached.Where(one => !reached.Any(other => other != one && Reached(other).Contains(one))).Order(StringComparer.Ordinal);
    }

    private IEnumerable<string> Reached(string name) =>
        nodes.TryGetValue(name, out var node) ? node.Routing.Where(other => other != name && nodes.ContainsKey(other)) : [];
}
