using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>The names of the status files of one watch (docs/SPECIFICATION.md#status-files).</summary>
/// <remarks>
/// They have the form <c>._&lt;name&gt;_&lt;n&gt;_&lt;filename&gt;.&lt;state&gt;</c>, and are in the folder of their files: all paths are
/// relative to the watched folder (<see cref="RelativePath"/>).
/// </remarks>
/// <param name="watch">The name of the watch.</param>
public sealed class StatusName(string watch)
{
    // A longer number is not the index of a step.
    private const int MostDigits = 9;

    private const string TemporarySuffix = ".tmp";
    private const int TemporaryDigits = 16;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static readonly (StatusState State, string Suffix)[] Suffixes =
    [
        (StatusState.Done, ".done"), (StatusState.Failed, ".failed"), (StatusState.Killed, ".killed"), (StatusState.Mtime, ".mtime"),
        (StatusState.Moving, ".moving"),
    ];

    private readonly string _prefix = $"._{watch}_";

    /// <summary>The beginning that all names share.</summary>
    public string Prefix => _prefix;

    /// <summary>A temporary name under which a status file is written.</summary>
    /// <remarks>
    /// It has an index, because the cleanup of the original splits names at underscores and fails at a name with too few.
    /// </remarks>
    /// <param name="number">A random number: watchers on several hosts may write into one folder.</param>
    /// <param name="folder">The folder of the status file.</param>
    public string TemporaryOf(ulong number, string folder = "") =>
        RelativePath.Join(folder, string.Create(CultureInfo.InvariantCulture, $"{TemporaryPrefix}{number:x16}{TemporarySuffix}"));

    /// <summary>Whether a name is a temporary one of this watch, also one of version 0.1.0, without a number.</summary>
    public bool IsTemporary(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) || !name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            return false;
        var number = name[TemporaryPrefix.Length..^TemporarySuffix.Length];
        return number.Length is 0 or TemporaryDigits && number.IndexOfAnyExcept(HexDigits) < 0;
    }

    /// <summary>The name of the lock file, which only one watcher at a time holds. It has an index like the temporary names.</summary>
    public string Lock => TemporaryPrefix + ".lock";

    /// <summary>The file with the account of late files. It is no status file.</summary>
    public string LateAccount => $"{TemporaryPrefix}.late";

    /// <summary>The temporary name of the copy of a file, in a target on another file system.</summary>
    public string CopyOf(string fileName) => Beside(fileName, name => $"{_prefix}0_{name}.tmp");

    /// <summary>Whether a name may be that of such a copy.</summary>
    public bool IsCopy(ReadOnlySpan<char> name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>The hidden name of a file of which there is a whole copy, before it is removed.</summary>
    public string AsideOf(string fileName) => Beside(fileName, name => $"{_prefix}0_{name}.aside");

    /// <summary>The hidden name of the marker of a file, before it is removed.</summary>
    public string MarkerAsideOf(string fileName) => Beside(fileName, name => $"{_prefix}0_{name}.marker");

    /// <summary>The name of a status file.</summary>
    public string Of(WorkKey key, StatusState state) => Beside(
        key.FileName, name => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{key.Index}_{name}{Suffix(state)}"));

    /// <summary>Parses the path of a status file; false when it is not one of this watch.</summary>
    public bool TryParse(string path, out WorkKey key, out StatusState state)
    {
        key = default;
        state = default;
        var name = path.AsSpan(RelativePath.NameStart(path));
        if (!name.StartsWith(_prefix, StringComparison.Ordinal) || !TryState(name, out state, out var suffix))
            return false;
        var rest = name[_prefix.Length..Math.Max(_prefix.Length, name.Length - suffix.Length)];
        var end = rest.IndexOf('_');
        if (!IsIndex(rest, end) || end + 1 >= rest.Length)
            return false;
        var index = int.Parse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture);
        key = new WorkKey(index, RelativePath.Join(RelativePath.FolderOf(path), rest[(end + 1)..].ToString()));
        return true;
    }

    /// <summary>The files to which a status file may belong; none when it is not one of this watch.</summary>
    /// <remarks>
    /// There is more than one when the watch of another process has a name that continues this one (<c>a</c> and <c>a_1</c>).
    /// </remarks>
    public IEnumerable<string> PossibleFiles(string path)
    {
        if (!TryParse(path, out var key, out _))
            yield break;
        yield return key.FileName;
        var (folder, name) = (RelativePath.FolderOf(path), RelativePath.NameOf(key.FileName));
        for (var at = 0; at < name.Length; at++)
        {
            var next = name.IndexOf('_', at);
            if (next < 0)
                yield break;
            if (IsIndex(name.AsSpan(at), next - at) && next + 1 < name.Length)
                yield return RelativePath.Join(folder, name[(next + 1)..]);
            at = next;
        }
    }

    /// <summary>Whether a status file of another watch in the same folder may look like one of this watch.</summary>
    public bool Collides(string otherWatch)
    {
        if (otherWatch == watch || !otherWatch.StartsWith(watch + "_", StringComparison.Ordinal))
            return false;
        var rest = otherWatch.AsSpan(watch.Length + 1);
        var end = rest.IndexOf('_');
        return IsIndex(rest, end < 0 ? rest.Length : end);
    }

    private string TemporaryPrefix => _prefix + "0_";

    internal static bool IsIndex(ReadOnlySpan<char> text, int length) =>
        length is > 0 and <= MostDigits && text[..length].IndexOfAnyExceptInRange('0', '9') < 0 && (length == 1 || text[0] != '0');

    private static bool TryState(ReadOnlySpan<char> name, out StatusState state, [NotNullWhen(true)] out string? suffix)
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

    private static string Beside(string path, Func<string, string> nameOf) =>
        RelativePath.Join(RelativePath.FolderOf(path), nameOf(RelativePath.NameOf(path)));

    internal static string Suffix(StatusState state) => Suffixes[(int)state].Suffix;
}
