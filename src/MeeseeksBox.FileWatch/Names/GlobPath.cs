namespace MeeseeksBox.FileWatch.Names;

/// <summary>A pattern without braces: of the path of a file, or of its name in any folder.</summary>
internal sealed class GlobPath
{
    private const string AnyFolders = "**";

    private readonly GlobName[] _names;
    private readonly bool _isPath;

    private GlobPath(GlobName[] names, bool isPath)
    {
        (_names, _isPath) = (names, isPath);
    }

    private GlobName Last => _names[^1];

    /// <summary>Parses a pattern. A slash in brackets separates names, too, as in the shell.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="isPath">Whether it is matched against the path.</param>
    /// <param name="faults">Receives what can never match.</param>
    public static GlobPath Parse(string pattern, bool isPath, List<string> faults)
    {
        var names = new List<GlobName>();
        foreach (var text in pattern.Replace("\\/", "/", StringComparison.Ordinal).Split('/'))
        {
            if (text.StartsWith('.') || text.StartsWith("\\.", StringComparison.Ordinal))
                faults.Add($"names that begin with a dot are never watched, so that '{text}' matches nothing");
            var isFolders = isPath && text == AnyFolders;
            if (!isFolders || names.Count == 0 || names[^1] != GlobName.Folders)
                names.Add(isFolders ? GlobName.Folders : GlobName.Parse(text, faults));
        }

        // Only files are matched.
        if (names[^1] == GlobName.Folders)
            names.Add(GlobName.All);
        return new GlobPath([.. names], isPath);
    }

    /// <summary>Whether it matches all files that another one matches; false where that is not plain.</summary>
    public bool Covers(GlobPath other) => !_isPath && Last.Covers(other.Last);

    /// <summary>Whether it matches a file.</summary>
    /// <param name="path">Its path in the watched folder.</param>
    /// <param name="name">The last name of the path.</param>
    public bool Matches(ReadOnlySpan<char> path, ReadOnlySpan<char> name) =>
        _isPath ? Matches(path) : Last.Matches(name);

    // Backtracking needs only the last pattern for any folders, and the folder at which it was met.
    private bool Matches(ReadOnlySpan<char> path)
    {
        var (name, at, folders, mark) = (0, 0, -1, 0);
        while (at <= path.Length)
        {
            if (name < _names.Length && _names[name] == GlobName.Folders)
            {
                (folders, mark) = (name++, at);
                continue;
            }

            var length = path[at..].IndexOf('/');
            var end = length < 0 ? path.Length : at + length;
            if (name < _names.Length && _names[name].Matches(path[at..end]))
            {
                name++;
                at = end + 1;
            }
            else if (folders >= 0 && path[mark..].IndexOf('/') is var folder and >= 0)
            {
                mark += folder + 1;
                (name, at) = (folders + 1, mark);
            }
            else
            {
                return false;
            }
        }

        return name == _names.Length;
    }
}
