namespace MeeseeksBox.FileWatch.Names;

/// <summary>A pattern for files, as in the shell (docs/SPECIFICATION.md#globs).</summary>
/// <remarks>
/// It never matches a path with a name that begins with a dot. The time of a match grows with the product of the lengths of pattern and
/// path at most, times the number of alternatives in braces.
/// </remarks>
public sealed class Glob
{
    private const int Longest = 4096;

    private readonly GlobPath[] _paths;

    private Glob(string pattern, GlobPath[] paths, IReadOnlyList<string> faults)
    {
        (Pattern, _paths, Faults) = (pattern, paths, faults);
        NeedsFolders = IsPath(pattern);
    }

    /// <summary>The pattern as it was written.</summary>
    public string Pattern { get; }

    /// <summary>Whether it is matched against the path of a file in the watched folder, not against the name.</summary>
    public bool NeedsFolders { get; }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>What in it can never match, a clause for people each.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Parses a pattern. A bracket or brace that is not closed is a literal.</summary>
    public static Glob Parse(string pattern)
    {
        if (pattern.Length > Longest)
            return Unusable(pattern, $"it is longer than {Longest} characters");
        if (Braces.Expand(pattern) is not { } texts)
            return Unusable(pattern, $"its braces stand for more than {Braces.Most} patterns");
        var faults = new List<string>();
        return new Glob(pattern, [.. texts.Select(text => GlobPath.Parse(text, IsPath(pattern), faults))], [.. faults.Distinct()]);
    }

    /// <summary>Whether the pattern matches a file.</summary>
    /// <param name="path">Its path in the watched folder.</param>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (path.StartsWith('.') || path.Contains("/.", StringComparison.Ordinal))
            return false;
        var name = path[(path.LastIndexOf('/') + 1)..];
        foreach (var pattern in _paths)
        {
            if (pattern.Matches(path, name))
                return true;
        }

        return false;
    }

    /// <summary>Whether other patterns match all files that this one matches; false where that is not plain.</summary>
    public bool IsCoveredBy(IEnumerable<Glob> others)
    {
        var covers = others.SelectMany(other => other.Pattern == Pattern ? _paths : other._paths).ToList();
        return Array.TrueForAll(_paths, path => covers.Exists(cover => cover == path || cover.Covers(path)));
    }

    /// <inheritdoc/>
    public override string ToString() => Pattern;

    private static bool IsPath(string pattern) => pattern.Contains('/', StringComparison.Ordinal);

    private static Glob Unusable(string pattern, string problem) => new(pattern, [], []) { Problem = problem };
}
