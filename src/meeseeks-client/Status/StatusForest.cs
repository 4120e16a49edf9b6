using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The nodes for scripts, in the order and on the level that the original gives them.</summary>
/// <remarks>
/// The first online node that reaches another takes it below itself, level by level; so a node that is reached two ways stands in one
/// place.
/// </remarks>
/// <param name="nodes">The nodes, in the order of the answer.</param>
/// <param name="asked">
/// The node that was asked. It takes all others below itself: an original lists every node that it knows as reachable.
/// </param>
internal sealed class StatusForest(IReadOnlyDictionary<string, NodeStatus> nodes, string asked)
{
    /// <summary>All nodes by name, on one level.</summary>
    public IEnumerable<(string Name, int Level)> Flat() => nodes.Keys.Order(StringComparer.Ordinal).Select(name => (name, 0));

    /// <summary>Each node below the one that it is reached through.</summary>
    public IEnumerable<(string Name, int Level)> Tree()
    {
        var roots = nodes.Keys.Select(name => new Branch(name)).ToList();
        Sink(roots);
        return roots.OrderBy(root => root.Name, StringComparer.Ordinal).SelectMany(root => root.Walk(0));
    }

    private void Sink(List<Branch> siblings)
    {
        foreach (var branch in siblings.ToList())
        {
            if (!siblings.Contains(branch) || !nodes[branch.Name].Online)
            {
                continue;
            }

            var reached = branch.Name == asked ? nodes[asked].Routing.Union(nodes.Keys) : nodes[branch.Name].Routing;
            foreach (var name in reached.Where(name => name != branch.Name))
            {
                var below = siblings.Find(sibling => sibling.Name == name);
                if (below is not null)
                {
                    _ = siblings.Remove(below);
                    branch.Below.Add(below);
                }
            }

            Sink(branch.Below);
        }
    }

    private sealed record Branch(string Name)
    {
        public List<Branch> Below { get; } = [];

        public IEnumerable<(string Name, int Level)> Walk(int level) =>
            [(Name, level), .. Below.OrderBy(branch => branch.Name, StringComparer.Ordinal).SelectMany(branch => branch.Walk(level + 1))];
    }
}
