using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>A selection for a legacy node: a broad filter for the node, and the exact match for its answer.</summary>
/// <remarks>
/// A legacy node compares values exactly, lists included, and supports <c>*</c> only at the end of a text. It matches one exact tag,
/// and ignores the tag beside <c>ids</c>.
/// </remarks>
internal sealed class LegacySelection
{
    private static readonly string[] TextAttributes = ["pool", "node", "state", "submit_node"];

    private readonly JobFilter _filter;
    private readonly HashSet<string>? _ids;
    private readonly JobSelection _selection;

    /// <summary>Translates a selection.</summary>
    /// <exception cref="MeeseeksRequestException">The selection is not a valid filter.</exception>
    public LegacySelection(JobSelection selection)
    {
        _selection = selection;
        var filter = selection.ToFilter();
        _filter = JobFilter.Read(JsonElement.Parse(filter.ToJsonString()), out var problem) ?? throw new MeeseeksRequestException(problem!);
        _ids = _filter.Ids?.ToHashSet();
        Filter = new JsonObject(filter.Where(condition => IsUnderstood(condition.Key, condition.Value))
            .Select(condition => KeyValuePair.Create(condition.Key, condition.Value?.DeepClone())));
        if (_ids is null && IsExactText(filter["tag"]))
            Filter["tag"] = filter["tag"]!.DeepClone();
    }

    /// <summary>The filter that the node receives; it matches at least the selected jobs.</summary>
    public JsonObject Filter { get; }

    /// <summary>Whether a selection means the same to a legacy node and to meeseeks-box, so that no probe is needed.</summary>
    public static bool IsSame(JobSelection selection) =>
        selection.ExactIds is { Count: > 0 }
        || selection.ToFilter().All(condition => condition.Key is not "ids" && IsUnderstood(condition.Key, condition.Value));

    /// <summary>Whether a value is a text without a <c>*</c> at its end.</summary>
    public static bool IsExactText(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var word) && !word.EndsWith('*');

    /// <summary>Whether a job matches the selection.</summary>
    public bool Matches(Job job) =>
        _selection.Includes(job.Id) && (_ids is null || _ids.Contains(job.Id))
        && (_filter.NewerSeq is not { } seq || job.Seq > seq) && _filter.Matches(job);

    private static bool IsUnderstood(string key, JsonNode? value) =>
        key is "ids" ? value is JsonArray { Count: > 0 } ids && ids.All(IsExactText) : TextAttributes.Contains(key) && IsName(value);

    // As loose forms, "false" and "0" mean a job without a node.
    private static bool IsName(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var word) && word is not ("" or "false" or "0");
}
