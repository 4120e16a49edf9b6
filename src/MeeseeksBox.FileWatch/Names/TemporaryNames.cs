namespace MeeseeksBox.FileWatch.Names;

/// <summary>The names under which programs usually write files that are not complete, or that are not meant for others.</summary>
/// <remarks>They are excluded by default (docs/WATCH.md#excluded-files). Names that begin with a dot are never watched anyway.</remarks>
public static class TemporaryNames
{
    private const int UsualLength = 512;

    // A character for private use, which a pattern can match with a wildcard only.
    private const char Other = '\ue000';

    // WinSCP; Firefox, KDE, Nextcloud; rclone, Edge; many; Chrome; Opera; Safari; uploaders; Spring Integration; Camel, Flink; aria2;
    // Hadoop; gsutil; Vim; editors; Emacs; Office.
    private static readonly (string Begin, string End)[] All =
    [
        ("", ".filepart"), ("", ".part"), ("", ".partial"), ("", ".tmp"), ("", ".temp"), ("", ".crdownload"), ("", ".opdownload"),
        ("", ".download"), ("", ".upload"), ("", ".uploading"), ("", ".writing"), ("", ".inprogress"), ("", ".incomplete"), ("", ".aria2"),
        ("", "._COPYING_"), ("", "_.gstmp"), ("", ".swp"), ("", "~"), ("#", "#"), ("~$", ""),
    ];

    /// <summary>The patterns of the names, which match capital letters, too.</summary>
    public static IEnumerable<string> Patterns => All.Select(name => PatternOf(name.Begin, name.End));

    /// <summary>The pattern that a file matches; null when there is none.</summary>
    /// <param name="path">The path of the file in the watched folder.</param>
    /// <param name="globs">The globs of the watch. A temporary name that one of them names is not excluded.</param>
    public static string? PatternOf(ReadOnlySpan<char> path, IReadOnlyList<Glob> globs)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        foreach (var (begin, end) in All)
        {
            if (name.Length >= begin.Length + end.Length
                && name.StartsWith(begin, StringComparison.Ordinal)
                && name.EndsWith(end, StringComparison.OrdinalIgnoreCase)
                && !IsNamed(path, path.Length - name.Length, begin.Length, end.Length, globs))
                return PatternOf(begin, end);
        }

        return null;
    }

    private static string PatternOf(string begin, string end) => $"{begin}*{end}";

    private static bool IsNamed(ReadOnlySpan<char> path, int start, int begin, int end, IReadOnlyList<Glob> globs)
    {
        for (var i = 0; i < globs.Count; i++)
        {
            if (globs[i].Matches(path) && Names(globs[i], path, start, begin, end))
                return true;
        }

        return false;
    }

    // A pattern names characters when it does not match with another one in the place of any of them. *.* names no ending.
    private static bool Names(Glob glob, ReadOnlySpan<char> path, int start, int begin, int end)
    {
        var changed = path.Length <= UsualLength ? stackalloc char[path.Length] : new char[path.Length];
        path.CopyTo(changed);
        for (var i = start; i < path.Length; i++)
        {
            if (path[i] is '.' || (i >= start + begin && i < path.Length - end))
                continue;
            changed[i] = Other;
            if (glob.Matches(changed))
                return false;
            changed[i] = path[i];
        }

        return true;
    }
}
