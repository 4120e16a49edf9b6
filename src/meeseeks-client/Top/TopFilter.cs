using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The filter of <c>top</c>: words separated by spaces, all of which a job must match.</summary>
/// <remarks>
/// <c>pool=p1</c> compares a column (id, tag, node, pool, state); a comma means "or", and a * at the end matches any ending. Any other
/// word is searched for in all columns.
/// </remarks>
internal sealed class TopFilter
{
    private static readonly Dictionary<string, Func<TopJob, string>> Columns = new()
    {
        ["id"] = job => job.Id,
        ["node"] = job => job.Shown.Node ?? "",
        ["pool"] = job => job.Shown.Pool,
        ["state"] = job => JobStates.Word(job.Shown.State),
    };

    private readonly List<Func<TopJob, bool>> _conditions;

    /// <summary>Parses a filter; every text is valid.</summary>
    public TopFilter(string text) =>
        _conditions = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Condition)];

    /// <summary>Whether a job matches.</summary>
    public bool Fits(TopJob job) => _conditions.TrueForAll(condition => condition(job));

    private static Func<TopJob, bool> Condition(string word)
    {
        var end = word.IndexOf('=', StringComparison.Ordinal);
        if (end > 0 && word[..end] is var key && (Columns.ContainsKey(key) || key is "tag" or "tags"))
        {
            var values = word[(end + 1)..].Split(',');
            return Columns.TryGetValue(key, out var column)
                ? job => Array.Exists(values, value => Is(column(job), value))
                : job => Array.Exists(values, value => job.Shown.Tags[1..^1].Split(',').Any(tag => Is(tag, value)));
        }

        return job => Has(job.Id, word) || Has(job.Shown.Args, word) || Has(job.Shown.Tags, word) || Has(job.Error, word)
            || Columns.Values.Any(column => Has(column(job), word));
    }

    private static bool Is(string text, string value) =>
        value.EndsWith('*') ? text.StartsWith(value[..^1], StringComparison.Ordinal) : text == value;

    private static bool Has(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) ?? false;
}
