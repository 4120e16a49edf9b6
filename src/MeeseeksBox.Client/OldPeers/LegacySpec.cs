using System.Text.Json.Nodes;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>A job spec as every box takes it: an old peer drops the key <c>tag</c>, and needs a list under <c>tags</c>.</summary>
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

    /// <summary>Whether a spec may mean several nodes: a list of them, or a pattern.</summary>
    public static bool HasSeveralNodes(JsonObject spec) => spec["node"] switch
    {
        JsonArray nodes => nodes.Count > 1,
        JsonValue node when node.TryGetValue<string>(out var name) => name.EndsWith('*'),
        _ => false,
    };
}
