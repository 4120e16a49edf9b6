using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The nodes for scripts, in the order and on the levels of the original.</summary>
/// <remarks>
/// Level by level, the first online node that reaches another becomes its parent. A node with two upstream nodes therefore appears
/// once.
/// </remarks>
/// <param name="nodes">The nodes, in the order of the answer.</param>
/// <param name="asked">The node that received the request. All others are below it, because the original reaches all known nodes.</param>
internal sealed class StatusForest(IReadOnlyDictionary<string, NodeStatus> nodes, string asked)
{
    /// <summary>All nodes by name, on one level.</summary>
    public IEnumerable<(string Name, int Level)> Flat() => nodes.Keys.Order(StringComparer.Ordinal).Select(name => (name, 0));

    /// <summary>Each node below the node through which it is reached.</summary>
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
                continue;

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
