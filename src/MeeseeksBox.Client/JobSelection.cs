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

    // A filter cannot express ids that end in *. The box then sends more jobs, and the client selects among them.
    private readonly ImmutableHashSet<string>? _exact;

    private JobSelection(ImmutableArray<KeyValuePair<string, JsonNode?>> conditions, ImmutableHashSet<string>? exact = null)
    {
        (_conditions, _exact) = (conditions, exact);
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

    /// <summary>The jobs with exactly these ids, also if an id ends in <c>*</c>.</summary>
    public static JobSelection Exactly(params IEnumerable<string> ids) => All.WithExactly(ids);

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
        new([.. _conditions.Where(condition => condition.Key != key), KeyValuePair.Create(key, value?.DeepClone())], _exact);

    /// <summary>This selection, limited to jobs with exactly these ids, also if an id ends in <c>*</c>.</summary>
    public JobSelection WithExactly(params IEnumerable<string> ids)
    {
        var all = ids.ToImmutableHashSet();
        var limited = With("ids", Values(ids));
        return all.Any(id => id.EndsWith('*')) ? new JobSelection(limited._conditions, all) : limited;
    }

    /// <summary>Whether the exact ids, if it has any, include this one.</summary>
    /// <remarks>The filter of <see cref="ToFilter"/> may match more jobs.</remarks>
    public bool Includes(string id) => _exact?.Contains(id) is not false;

    /// <summary>Whether the filter in wire form may match more jobs.</summary>
    internal bool IsBroader => _exact is not null;

    /// <summary>The selection in wire form, a new object each time.</summary>
    public JsonObject ToFilter() =>
        new(_conditions.Select(condition => KeyValuePair.Create(condition.Key, condition.Value?.DeepClone())));

    private static JsonArray Values(IEnumerable<string> values) => [.. values.Select(value => (JsonNode?)value)];
}
