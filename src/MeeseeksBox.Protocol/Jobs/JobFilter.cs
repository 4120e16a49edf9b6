using System.Text.Json;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Selects jobs that meet all conditions (docs/SPECIFICATION.md#filters).</summary>
/// <remarks>
/// Sample: <c>{"pool":"p1","state":["done","failed"],"tag":"night*"}</c>. Values match in any loose form
/// (<see cref="LenientJson"/>), a text that ends in <c>*</c> matches a prefix, and a list matches if any item does.
/// </remarks>
public sealed class JobFilter
{
    // In place of these, a person may have meant a condition.
    private static readonly string[] Keys = ["ids", "tag", .. JobAttributes.All.Select(attribute => attribute.Name)];

    private readonly List<Condition> _conditions = [];
    private readonly List<DoubtfulCondition> _doubtful = [];

    private JobFilter()
    {
    }

    /// <summary>The requested ids, in order; null for any.</summary>
    public IReadOnlyList<string>? Ids { get; private set; }

    /// <summary>Selects jobs with a higher number of change; null for all.</summary>
    public long? NewerSeq { get; private set; }

    /// <summary>The conditions that no job can meet, as far as this version knows.</summary>
    /// <remarks>A job may have attributes that this version does not know. So such a condition is no error.</remarks>
    public IReadOnlyList<DoubtfulCondition> Doubtful => _doubtful;

    /// <summary>What is wrong with <see cref="Doubtful"/>, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => [.. _doubtful.Select(condition => condition.Problem)];

    /// <summary>True when there are no conditions.</summary>
    public bool IsEmpty => Ids is null && !HasConditions;

    /// <summary>True when there is a condition other than <see cref="Ids"/>.</summary>
    public bool HasConditions => NewerSeq is not null || _conditions.Count > 0;

    /// <summary>True when <see cref="NewerSeq"/> is the only condition.</summary>
    public bool IsOnlyNewer => Ids is null && NewerSeq is not null && _conditions.Count is 0;

    /// <summary>True when each condition only demands that an attribute is not set.</summary>
    public bool DemandsNoValue => Ids is null && NewerSeq is null && _conditions.TrueForAll(condition => condition.IsAbsence);

    /// <summary>Reads a filter, an id, or a list of ids.</summary>
    /// <param name="argument">The argument of the request.</param>
    /// <param name="problem">The error; null on success.</param>
    /// <returns>The filter; null on an error.</returns>
    public static JobFilter? Read(JsonElement argument, out string? problem)
    {
        var filter = new JobFilter();
        problem = argument.ValueKind is JsonValueKind.Object ? filter.ReadConditions(argument) : filter.ReadIds(argument);
        return problem is null ? filter : null;
    }

    /// <summary>True when the job meets all conditions except <see cref="Ids"/> and <see cref="NewerSeq"/>.</summary>
    /// <remarks>The caller looks jobs up by these two.</remarks>
    public bool Matches(Job job)
    {
        foreach (var condition in _conditions)
        {
            if (!condition.Holds(job))
                return false;
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
                return problem;
        }

        return null;
    }

    private string? AddIds(JsonElement value) =>
        LenientJson.TryStrings(value, out var ids) && ids.Any(id => id.EndsWith('*')) ? AddAttribute("id", value) : ReadIds(value);

    private string? ReadIds(JsonElement value)
    {
        if (!LenientJson.TryStrings(value, out var ids))
            return $"{LenientJson.Show(value)} is not an id, a list of ids or a filter like {{\"state\":\"running\"}}";

        Ids = [.. (Ids is null ? ids : Ids.Intersect(ids)).Distinct()];
        return null;
    }

    private string? ReadSeq(JsonElement value)
    {
        if (!LenientJson.TryNumber(value, out var number))
            return $"seq: {LenientJson.Show(value)} is not a number";

        NewerSeq = (long)number;
        return null;
    }

    private string? ReadTs(JsonElement value)
    {
        if (!LenientJson.TryNumber(value, out var limit))
            return $"ts: {LenientJson.Show(value)} is not a number";

        _conditions.Add(new Condition(job => job.Ts > limit));
        return null;
    }

    private string? AddTags(JsonElement value)
    {
        var wanted = new ExpectedValues(value);
        _conditions.Add(new Condition(job => job.Spec.Tags.Any(wanted.Match)));
        return null;
    }

    private string? AddAttribute(string name, JsonElement value)
    {
        var wanted = new ExpectedValues(value);
        Func<Job, bool> holds = JobAttributes.TryFind(name, out var attribute)
            ? job => wanted.Match(attribute.Canonical(job))
            : job => wanted.Match(job.Extra?.TryGetValue(name, out var extra) is true ? LenientJson.Canonical(extra) : null);
        if (attribute is null)
            _doubtful.Add(UnknownAttribute(name));
        else if (attribute.Name is "state")
            _doubtful.AddRange(wanted.Unmet(JobStates.All).Select(UnknownState));
        _conditions.Add(new Condition(holds, wanted.IsAbsence));
        return null;
    }

    private static DoubtfulCondition UnknownAttribute(string name)
    {
        var hint = DidYouMean.Of(name, Keys);
        return new(name, $"{name}: not an attribute of jobs{hint}", IsMistake: hint.Length > 0);
    }

    private static DoubtfulCondition UnknownState(string word) =>
        new("state", $"state: '{word}' is not a state; the states are {string.Join(", ", JobStates.All)}", IsMistake: true);

    private sealed record Condition(Func<Job, bool> Holds, bool IsAbsence = false);

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
                    Add(element);
            }
            else
            {
                Add(value);
            }
        }

        public bool IsAbsence => _absent && _exact.Count is 0 && _beginnings.Count is 0;

        public bool Match(string? text) => text is null
            ? _absent
            : _exact.Contains(text) || _beginnings.Exists(beginning => text.StartsWith(beginning, StringComparison.Ordinal));

        /// <summary>The expected values that none of some texts meets.</summary>
        public IEnumerable<string> Unmet(IReadOnlyList<string> texts) =>
        [
            .. _exact.Where(text => !texts.Contains(text)),
            .. _beginnings.Where(one => !texts.Any(text => text.StartsWith(one, StringComparison.Ordinal))).Select(one => $"{one}*"),
        ];

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
                    // A number in a text attribute, such as a tag, is stored as it was written.
                    _ = _exact.Add(value.GetRawText());
                }
            }
        }
    }
}
