using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Which jobs are meant: all conditions must hold (docs/SPECIFICATION.md#filters).</summary>
/// <remarks>
/// Sample: <c>{"pool":"p1","state":["done","failed"],"tag":"night*"}</c>. Values match loosely (<see cref="LenientJson"/>), a text that ends in
/// <c>*</c> by what it begins with, and of a list any one.
/// </remarks>
public sealed class JobFilter
{
    private readonly List<Condition> _conditions = [];

    private JobFilter()
    {
    }

    /// <summary>The ids asked for, in their order; null for any.</summary>
    public IReadOnlyList<string>? Ids { get; private set; }

    /// <summary>Only jobs that changed here after this number; null for all.</summary>
    public long? NewerSeq { get; private set; }

    /// <summary>True when there is no condition at all.</summary>
    public bool IsEmpty => Ids is null && !HasConditions;

    /// <summary>True when there is a condition beside <see cref="Ids"/>.</summary>
    public bool HasConditions => NewerSeq is not null || _conditions.Count > 0;

    /// <summary>Reads a filter, an id, or a list of ids.</summary>
    /// <param name="argument">What stood in the request.</param>
    /// <param name="problem">What is wrong, or null.</param>
    /// <returns>The filter; null when something is wrong.</returns>
    public static JobFilter? Read(JsonElement argument, out string? problem)
    {
        var filter = new JobFilter();
        problem = argument.ValueKind is JsonValueKind.Object ? filter.ReadConditions(argument) : filter.ReadIds(argument);
        return problem is null ? filter : null;
    }

    /// <summary>True when every condition holds for the job, those on <see cref="Ids"/> and <see cref="NewerSeq"/> excepted: they are looked up.</summary>
    public bool Matches(Job job)
    {
        foreach (var condition in _conditions)
        {
            if (!condition.Holds(job))
            {
                return false;
            }
        }

        return true;
    }

    private string? ReadConditions(JsonElement argument)
    {
        foreach (var property in argument.EnumerateObject())
        {
            var problem = property.Name switch
            {
                "ids" or "id" => AddIds(property.Value),
                "seq" => ReadSeq(property.Value),
                "ts" => ReadTs(property.Value),
                "tag" or "tags" => AddTags(property.Value),
                _ => AddAttribute(property.Name, property.Value),
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private string? AddIds(JsonElement value) =>
        LenientJson.TryStrings(value, out var ids) && ids.Any(id => id.EndsWith('*')) ? AddAttribute("id", value) : ReadIds(value);

    private string? ReadIds(JsonElement value)
    {
        if (!LenientJson.TryStrings(value, out var ids))
        {
            return $"{LenientJson.Show(value)} is not an id, a list of ids or a filter like {{\"state\":\"running\"}}";
        }

        Ids = [.. (Ids is null ? ids : Ids.Intersect(ids)).Distinct()];
        return null;
    }

    private string? ReadSeq(JsonElement value)
    {
        if (!LenientJson.TryNumber(value, out var number))
        {
            return $"seq: {LenientJson.Show(value)} is not a number";
        }

        NewerSeq = (long)number;
        return null;
    }

    private string? ReadTs(JsonElement value)
    {
        if (!LenientJson.TryNumber(value, out var limit))
        {
            return $"ts: {LenientJson.Show(value)} is not a number";
        }

        _conditions.Add(new Condition(job => job.Ts > limit));
        return null;
    }

    private string? AddTags(JsonElement value)
    {
        var wanted = new ExpectedValues(value);
        _conditions.Add(new Condition(job => job.Tags.Any(wanted.Match)));
        return null;
    }

    private string? AddAttribute(string name, JsonElement value)
    {
        var wanted = new ExpectedValues(value);
        _conditions.Add(JobAttributes.TryFind(name, out var attribute)
            ? new Condition(job => wanted.Match(attribute.Canonical(job)))
            : new Condition(job => wanted.Match(job.Extra?.TryGetValue(name, out var extra) is true ? LenientJson.Canonical(extra) : null)));
        return null;
    }

    private sealed record Condition(Func<Job, bool> Holds);

    private sealed class ExpectedValues
    {
        private readonly HashSet<string> _exact = new(StringComparer.Ordinal);
        private readonly List<string> _beginnings = [];
        private bool _absent;

        public ExpectedValues(JsonElement value)
        {
            if (value.ValueKind is JsonValueKind.Array)
            {
                foreach (var element in value.EnumerateArray())
                {
                    Add(element);
                }
            }
            else
            {
                Add(value);
            }
        }

        public bool Match(string? text) => text is null
            ? _absent
            : _exact.Contains(text) || _beginnings.Exists(beginning => text.StartsWith(beginning, StringComparison.Ordinal));

        private void Add(JsonElement value)
        {
            var text = LenientJson.Canonical(value);
            if (text is null)
            {
                _absent = true;
            }
            else if (value.ValueKind is JsonValueKind.String && text.EndsWith('*'))
            {
                _beginnings.Add(text[..^1]);
            }
            else
            {
                _ = _exact.Add(text);
                if (value.ValueKind is JsonValueKind.Number)
                {
                    // Where a number was taken as a text (a tag, an argument), it stands there as it was written.
                    _ = _exact.Add(value.GetRawText());
                }
            }
        }
    }
}
