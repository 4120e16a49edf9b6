using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>
/// A selection at an old peer: a filter that the peer understands and that covers all jobs of the selection, and the choice among the jobs
/// that the peer sends.
/// </summary>
/// <remarks>
/// An old peer compares values exactly, lists included, and takes a <c>*</c> at the end of texts only. It matches one exact tag, and
/// ignores it
/// beside <c>ids</c>.
/// </remarks>
internal sealed class LegacySelection
{
    private static readonly string[] TextAttributes = ["pool", "node", "state", "submit_node"];

    private readonly JobFilter _filter;
    private readonly HashSet<string>? _ids;

    /// <summary>Translates a selection.</summary>
    /// <exception cref="MeeseeksRequestException">It is no filter.</exception>
    public LegacySelection(JobSelection selection)
    {
        var filter = selection.ToFilter();
        _filter = JobFilter.Read(JsonElement.Parse(filter.ToJsonString()), out var problem) ?? throw new MeeseeksRequestException(problem!);
        _ids = _filter.Ids?.ToHashSet();
        Filter = new JsonObject(filter.Where(condition => IsUnderstood(condition.Key, condition.Value))
            .Select(condition => KeyValuePair.Create(condition.Key, condition.Value?.DeepClone())));
        if (_ids is null && IsExactText(filter["tag"]))
        {
            Filter["tag"] = filter["tag"]!.DeepClone();
        }
    }

    /// <summary>The filter for the peer.</summary>
    public JsonObject Filter { get; }

    /// <summary>Whether an old peer takes a selection as a box of ours does, so that it need not be known which of them answers.</summary>
    public static bool IsSame(JobSelection selection) =>
        selection.ExactIds is { Count: > 0 } || selection.ToFilter().All(condition => condition.Key is not "ids" && IsUnderstood(condition.Key, condition.Value));

    /// <summary>Whether a value is a text that no box takes for a pattern.</summary>
    public static bool IsExactText(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var word) && !word.EndsWith('*');

    /// <summary>Whether a job belongs to the selection.</summary>
    public bool Matches(Job job) =>
        (_ids is null || _ids.Contains(job.Id)) && (_filter.NewerSeq is not { } seq || job.Seq > seq) && _filter.Matches(job);

    private static bool IsUnderstood(string key, JsonNode? value) =>
        key is "ids" ? value is JsonArray { Count: > 0 } ids && ids.All(IsExactText) : TextAttributes.Contains(key) && IsName(value);

    // Loosely, "false" and "0" mean a job without a node.
    private static bool IsName(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var word) && word is not ("" or "false" or "0");
}
