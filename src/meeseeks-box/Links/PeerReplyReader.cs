using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Agent.Links;

/// <summary>Reads a <see cref="PeerReply"/> from a line of JSON (docs/PROTOCOL.md#how-nodes-sync).</summary>
internal static class PeerReplyReader
{
    /// <summary>Reads a reply.</summary>
    /// <param name="line">The complete line.</param>
    /// <param name="unreadable">Receives an error text for each part that cannot be read; the rest of the reply counts.</param>
    /// <exception cref="LinkException">The line is not a reply of a node, or the peer rejected the request.</exception>
    public static PeerReply Read(JsonElement line, Action<string> unreadable)
    {
        if (line.ValueKind is not JsonValueKind.Array
            || line.GetArrayLength() is not 1
            || line[0] is not { ValueKind: JsonValueKind.Object } reply)
        {
            throw new LinkException("not a meeseeks-box: the reply is not a list of one object");
        }

        if (reply.TryGetProperty("error", out var error))
            throw new LinkException($"the node rejected the request: {error}");

        return new PeerReply
        {
            Jobs = reply.TryGetProperty("get", out var jobs) ? JobsIn(jobs, unreadable) : null,
            Seq = Number(reply, "seq"),
            Nodes = reply.TryGetProperty("nodes", out var nodes) ? NodesIn(nodes, unreadable) : null,
            NodesSeq = Number(reply, "nodes_seq"),
            NodesGone = reply.TryGetProperty("nodes_gone", out var gone) && LenientJson.TryStrings(gone, out var names) ? names : null,
        };
    }

    private static List<Job> JobsIn(JsonElement all, Action<string> unreadable)
    {
        var jobs = new List<Job>();
        if (all.ValueKind is not JsonValueKind.Object)
            return jobs;

        foreach (var property in all.EnumerateObject())
        {
            if (JobAttributes.TryRead(property.Value, property.Name, out var job, out var problem))
            {
                jobs.Add(job);
            }
            else
            {
                unreadable($"job {property.Name}: {problem}");
            }
        }

        return jobs;
    }

    private static Dictionary<string, NodeStatus>? NodesIn(JsonElement all, Action<string> unreadable)
    {
        if (all.ValueKind is not JsonValueKind.Object)
            return null;

        var nodes = new Dictionary<string, NodeStatus>(StringComparer.Ordinal);
        foreach (var property in all.EnumerateObject())
        {
            if (NodeStatus.TryRead(property.Value, out var status, out var problem))
            {
                nodes[property.Name] = status;
            }
            else
            {
                unreadable($"node {property.Name}: {problem}");
            }
        }

        return nodes;
    }

    private static long? Number(JsonElement reply, string name) =>
        reply.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
