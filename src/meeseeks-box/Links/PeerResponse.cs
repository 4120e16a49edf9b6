using System.Text.Json;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Agent.Links;

/// <summary>What a peer answered to one request object of a link (docs/PROTOCOL.md#how-nodes-sync).</summary>
/// <remarks>Sample: <c>[{"sync":["a"],"get":{"b":{"seq":18,…}},"nodes":{"n1":{…}},"seq":18,"nodes_seq":4,"nodes_gone":[]}]</c>.</remarks>
internal sealed record PeerResponse
{
    /// <summary>The jobs that changed there.</summary>
    public required IReadOnlyList<Job> Jobs { get; init; }

    /// <summary>True when jobs were asked for.</summary>
    public required bool HasJobs { get; init; }

    /// <summary>The number up to which they are complete; null from an old peer.</summary>
    public required long? Seq { get; init; }

    /// <summary>The status of nodes; null when it was not asked for.</summary>
    public required IReadOnlyDictionary<string, NodeStatus>? Nodes { get; init; }

    /// <summary>The number up to which that is complete; null from an old peer.</summary>
    public required long? NodesSeq { get; init; }

    /// <summary>Nodes that have gone; null when all that there are were told.</summary>
    public required IReadOnlyList<string>? NodesGone { get; init; }

    /// <summary>What of it could not be read, a text each; the rest counts.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Reads an answer.</summary>
    /// <param name="line">The line that came, whole.</param>
    /// <exception cref="LinkException">It is no answer of a node, or the peer refuses the request.</exception>
    public static PeerResponse Read(JsonElement line)
    {
        if (line.ValueKind is not JsonValueKind.Array || line.GetArrayLength() is not 1 || line[0] is not { ValueKind: JsonValueKind.Object } answer)
        {
            throw new LinkException("what answers there is no meeseeks-box: a list of one object was expected");
        }

        if (answer.TryGetProperty("error", out var error))
        {
            throw new LinkException($"the node refuses what it is asked: {error}");
        }

        var problems = new List<string>();
        return new PeerResponse
        {
            Jobs = JobsIn(answer, problems),
            HasJobs = answer.TryGetProperty("get", out _),
            Seq = Number(answer, "seq"),
            Nodes = NodesIn(answer, problems),
            NodesSeq = Number(answer, "nodes_seq"),
            NodesGone = answer.TryGetProperty("nodes_gone", out var gone) && LenientJson.TryStrings(gone, out var names) ? names : null,
            Problems = problems,
        };
    }

    private static List<Job> JobsIn(JsonElement answer, List<string> problems)
    {
        var jobs = new List<Job>();
        if (answer.TryGetProperty("get", out var all) && all.ValueKind is JsonValueKind.Object)
        {
            foreach (var property in all.EnumerateObject())
            {
                if (JobAttributes.TryRead(property.Value, property.Name, out var job, out var wrong))
                {
                    jobs.Add(job);
                }
                else
                {
                    problems.Add($"job {property.Name}: {wrong}");
                }
            }
        }

        return jobs;
    }

    private static Dictionary<string, NodeStatus>? NodesIn(JsonElement answer, List<string> problems)
    {
        if (!answer.TryGetProperty("nodes", out var all) || all.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        var nodes = new Dictionary<string, NodeStatus>(StringComparer.Ordinal);
        foreach (var property in all.EnumerateObject())
        {
            if (NodeStatus.TryRead(property.Value, out var status, out var wrong))
            {
                nodes[property.Name] = status;
            }
            else
            {
                problems.Add($"node {property.Name}: {wrong}");
            }
        }

        return nodes;
    }

    private static long? Number(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
