using MeeseeksBox.Core.Membership;
using Serilog;

namespace MeeseeksBox.Agent.Links;

/// <summary>Logs the nodes that go offline, and those that come online again.</summary>
internal sealed class NodeLog(ILogger log)
{
    // A head takes hundreds of nodes with it.
    private const int MostNames = 10;

    /// <summary>Logs the changes of one moment: one line for all nodes that one peer reports.</summary>
    public void Log(IReadOnlyList<KnownNode> nodes)
    {
        foreach (var group in nodes.GroupBy(node => (node.Status.Online, node.Peer)))
        {
            var names = group.Select(node => node.Name).Order(StringComparer.Ordinal).ToList();
            var rest = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
            var text = string.Join(", ", names.Take(MostNames)) + rest;
            if (group.Key.Online)
                log.Information("online again: {Nodes} (by the link {Peer})", text, group.Key.Peer);
            else
                log.Warning("offline: {Nodes} (by the link {Peer})", text, group.Key.Peer);
        }
    }
}
