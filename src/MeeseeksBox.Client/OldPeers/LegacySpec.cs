using System.Text.Json.Nodes;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>Converts a job spec to a form that legacy nodes accept too.</summary>
/// <remarks>A legacy node ignores the key <c>tag</c> and requires a list under <c>tags</c>.</remarks>
internal static class LegacySpec
{
    /// <summary>A copy of a spec with its tags as a list under <c>tags</c>.</summary>
    public static JsonObject Of(JsonObject spec)
    {
        var sent = (JsonObject)spec.DeepClone();
        if (sent.TryGetPropertyValue("tag", out var tag))
        {
            _ = sent.Remove("tag");
            _ = sent.TryAdd("tags", tag);
        }

        if (sent["tags"] is { } tags and not JsonArray)
        {
            _ = sent.Remove("tags");
            sent["tags"] = new JsonArray(tags);
        }

        return sent;
    }

    /// <summary>Whether a spec may select several nodes: by a list or a pattern.</summary>
    public static bool HasSeveralNodes(JsonObject spec) => spec["node"] switch
    {
        JsonArray nodes => nodes.Count > 1,
        JsonValue node when node.TryGetValue<string>(out var name) => name.EndsWith('*'),
        _ => false,
    };
}
