using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MeeseeksBox.Client;

/// <summary>A set of ids and conditions that selects jobs (docs/PROTOCOL.md#filters). Immutable.</summary>
/// <example><code>
/// JobSelection.All.Where("pool", "p1").Where("state", "done", "failed").Where("tag", "night*")
/// </code></example>
public sealed class JobSelection
{
    private readonly ImmutableArray<KeyValuePair<string, JsonNode?>> _conditions;

    private JobSelection(ImmutableArray<KeyValuePair<string, JsonNode?>> conditions)
    {
        _conditions = conditions;
    }

    /// <summary>Every job.</summary>
    public static JobSelection All { get; } = new([]);

    /// <summary>Whether it has no condition.</summary>
    public bool IsAll => _conditions.IsEmpty;

    /// <summary>The ids, if the selection is only a list of ids without patterns; null otherwise.</summary>
    internal IReadOnlyList<string>? ExactIds =>
        _conditions is [{ Key: "ids", Value: JsonArray ids }] && ids.All(OldPeers.LegacySelection.IsExactText)
            ? [.. ids.Select(id => id!.GetValue<string>())]
            : null;

    /// <summary>The jobs with these ids; a text that ends in <c>*</c> matches as a prefix.</summary>
    public static JobSelection Ids(params IEnumerable<string> ids) => new([KeyValuePair.Create("ids", (JsonNode?)Values(ids))]);

    /// <summary>The jobs that match a filter in wire form.</summary>
    /// <param name="filter">Conditions by key; the selection keeps a copy.</param>
    public static JobSelection Of(JsonObject filter) =>
        new([.. filter.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))]);

    /// <summary>This selection, limited to jobs with one of these values in an attribute.</summary>
    /// <param name="key">An attribute, or <c>tag</c>.</param>
    /// <param name="values">The values as a person types them; a value that ends in <c>*</c> matches as a prefix.</param>
    public JobSelection Where(string key, params IReadOnlyList<string> values) =>
        With(key, values.Count is 1 ? JsonValue.Create(values[0]) : Values(values));

    /// <summary>This selection with one condition added or replaced.</summary>
    public JobSelection With(string key, JsonNode? value) =>
        new([.. _conditions.Where(condition => condition.Key != key), KeyValuePair.Create(key, value?.DeepClone())]);

    /// <summary>The selection in wire form, a new object each time.</summary>
    public JsonObject ToFilter() =>
        new(_conditions.Select(condition => KeyValuePair.Create(condition.Key, condition.Value?.DeepClone())));

    private static JsonArray Values(IEnumerable<string> values) => [.. values.Select(value => (JsonNode?)value)];
}
