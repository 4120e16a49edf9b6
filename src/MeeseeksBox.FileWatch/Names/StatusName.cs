using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>
/// The names of status files, <c>._&lt;name&gt;_&lt;n&gt;_&lt;filename&gt;.&lt;state&gt;</c> (docs/SPECIFICATION.md#status-files). One
/// instance knows those of one watch.
/// </summary>
/// <param name="watch">The name of the watch.</param>
public sealed class StatusName(string watch)
{
    // More digits than any list of jobs has.
    private const int MostDigits = 9;

    private static readonly (StatusState State, string Suffix)[] Suffixes =
        [(StatusState.Done, ".done"), (StatusState.Failed, ".failed"), (StatusState.Killed, ".killed"), (StatusState.Mtime, ".mtime")];

    private readonly string _prefix = $"._{watch}_";

    /// <summary>What the names begin with.</summary>
    public string Prefix => _prefix;

    /// <summary>The file that a status is written to before it gets its name; a status is written by one at a time.</summary>
    /// <remarks>It has an index: the cleanup of the original takes names apart at underscores, and ends at one with too few.</remarks>
    public string Temporary => _prefix + "0_.tmp";

    /// <summary>The name of a status file.</summary>
    public string Of(WorkKey key, StatusState state) =>
        string.Create(CultureInfo.InvariantCulture, $"{_prefix}{key.Index}_{key.FileName}{Suffix(state)}");

    /// <summary>Takes a name apart, if it is one of a status file of this watch.</summary>
    public bool TryParse(string name, out WorkKey key, out StatusState state)
    {
        key = default;
        state = default;
        if (!name.StartsWith(_prefix, StringComparison.Ordinal) || !TryState(name, out state, out var suffix))
            return false;
        var rest = name.AsSpan(_prefix.Length, Math.Max(0, name.Length - _prefix.Length - suffix.Length));
        var end = rest.IndexOf('_');
        if (!IsIndex(rest, end) || end + 1 >= rest.Length)
            return false;
        key = new WorkKey(int.Parse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture), rest[(end + 1)..].ToString());
        return true;
    }

    /// <summary>
    /// The files that a status file may belong to, which is more than one when a watch of another process has a name that goes on as ours
    /// (<c>a</c> and <c>a_1</c>). None when it is no status file of this watch.
    /// </summary>
    public IEnumerable<string> PossibleFiles(string name)
    {
        if (!TryParse(name, out var key, out _))
            yield break;
        yield return key.FileName;
        for (var at = 0; at < key.FileName.Length; at++)
        {
            var next = key.FileName.IndexOf('_', at);
            if (next < 0)
                yield break;
            if (IsIndex(key.FileName.AsSpan(at), next - at) && next + 1 < key.FileName.Length)
                yield return key.FileName[(next + 1)..];
            at = next;
        }
    }

    /// <summary>Whether some status file of another watch in the same folder could be taken for one of this watch.</summary>
    public bool Collides(string otherWatch)
    {
        if (otherWatch == watch || !otherWatch.StartsWith(watch + "_", StringComparison.Ordinal))
            return false;
        var rest = otherWatch.AsSpan(watch.Length + 1);
        var end = rest.IndexOf('_');
        return IsIndex(rest, end < 0 ? rest.Length : end);
    }

    private static bool IsIndex(ReadOnlySpan<char> text, int length) =>
        length is > 0 and <= MostDigits && text[..length].IndexOfAnyExceptInRange('0', '9') < 0 && (length == 1 || text[0] != '0');

    private static bool TryState(string name, out StatusState state, [NotNullWhen(true)] out string? suffix)
    {
        foreach (var known in Suffixes)
        {
            if (name.EndsWith(known.Suffix, StringComparison.Ordinal))
            {
                (state, suffix) = known;
                return true;
            }
        }

        (state, suffix) = (default, null);
        return false;
    }

    private static string Suffix(StatusState state) => Suffixes[(int)state].Suffix;
}
