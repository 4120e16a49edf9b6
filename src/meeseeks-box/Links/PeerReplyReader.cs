using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Agent.Links;

/// <summary>Reads a <see cref="PeerReply"/> from a line of JSON (docs/PROTOCOL.md#how-nodes-sync).</summary>
/// <param name="unreadable">Receives an error text for each part that cannot be read; the rest of the reply counts.</param>
internal sealed class PeerReplyReader(Action<string> unreadable)
{
    private const int LongestInstance = 256;

    /// <summary>Reads a reply.</summary>
    /// <param name="line">The complete line.</param>
    /// <exception cref="LinkException">The line is not a reply of a node, or the peer rejected the request.</exception>
    public PeerReply Read(JsonElement line)
    {
        var reply = new PeerReply();
        (string? error, string? code) = (null, null);
        foreach (var part in ReplyLine.UncheckedObjectOf(line).EnumerateObject())
        {
            if (!HasName(part, "reply", out var name))
                continue;

            if (name is "error")
                error = TextOf(part.Value);
            else if (name is "code")
                code = TextOf(part.Value);

            reply = name switch
            {
                "get" => reply with { Jobs = JobsIn(part.Value) },
                "seq" => reply with { Seq = NumberIn(part.Value) },
                "same" => reply with { Same = ChecksumsIn(part.Value) },
                "more" => reply with { HasMore = part.Value.ValueKind is JsonValueKind.True },
                "gap" => reply with { HasGap = part.Value.ValueKind is JsonValueKind.True },
                "instance" => reply with { Instance = InstanceIn(part.Value) },
                "now" => reply with { Now = TimeIn(part.Value) },
                "nodes" => reply with { Nodes = NodesIn(part.Value) },
                "nodes_seq" => reply with { NodesSeq = NumberIn(part.Value) },
                "nodes_gone" => reply with { NodesGone = NamesIn(part.Value) },
                _ => reply,
            };
        }

        return error is null ? reply
            : code is ErrorCode.TooLong ? throw new LinkException(LinkFailure.OfShortLines("the node accepts no line as long as this one"))
            : throw new LinkException($"the node rejected the request: {error}");
    }

    private List<Job> JobsIn(JsonElement all)
    {
        var jobs = new List<Job>();
        if (all.ValueKind is not JsonValueKind.Object)
            return jobs;

        foreach (var property in all.EnumerateObject())
        {
            if (!HasName(property, "job", out var id))
                continue;

            if (JobAttributes.TryRead(property.Value, id, out var job, out var problem))
            {
                jobs.Add(job);
            }
            else
            {
                unreadable($"job {id}: {problem}");
            }
        }

        return jobs;
    }

    private Dictionary<string, string> ChecksumsIn(JsonElement all)
    {
        var checksums = new Dictionary<string, string>(StringComparer.Ordinal);
        if (all.ValueKind is not JsonValueKind.Object)
            return checksums;

        foreach (var property in all.EnumerateObject())
        {
            if (HasName(property, "same", out var id))
                checksums[id] = property.Value.ValueKind is JsonValueKind.String ? TextOf(property.Value) : "";
        }

        return checksums;
    }

    private Dictionary<string, NodeStatus>? NodesIn(JsonElement all)
    {
        if (all.ValueKind is not JsonValueKind.Object)
            return null;

        var nodes = new Dictionary<string, NodeStatus>(StringComparer.Ordinal);
        foreach (var property in all.EnumerateObject())
        {
            if (!HasName(property, "node", out var name))
                continue;

            if (NodeStatus.TryRead(property.Value, out var status, out var problem))
            {
                nodes[name] = status;
            }
            else
            {
                unreadable($"node {name}: {problem}");
            }
        }

        return nodes;
    }

    private List<string>? NamesIn(JsonElement all)
    {
        if (all.ValueKind is not JsonValueKind.Array)
            return null;

        var names = new List<string>();
        foreach (var element in all.EnumerateArray())
        {
            if (JsonTextValidation.IsValid(element) && LenientJson.TryString(element, out var name))
            {
                names.Add(name);
            }
            else
            {
                unreadable("nodes_gone: an element is not a name");
            }
        }

        return names;
    }

    // A name is decoded when it is read, which throws when it is not valid.
    private bool HasName(JsonProperty property, string kind, [NotNullWhen(true)] out string? name)
    {
        name = JsonTextValidation.IsValidName(property) ? property.Name : null;
        if (name is null)
            unreadable($"{kind}: a name is not valid Unicode");

        return name is not null;
    }

    private static string TextOf(JsonElement value) =>
        JsonTextValidation.IsValid(value) ? LosslessJson.Of(value) : "(a text that is not valid Unicode)";

    private static string? InstanceIn(JsonElement value) =>
        JsonTextValidation.IsValid(value) && LenientJson.TryString(value, out var text) && text.Length <= LongestInstance
            ? text
            : null;

    private static double? TimeIn(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var time) && double.IsFinite(time) ? time : null;

    private static long? NumberIn(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
