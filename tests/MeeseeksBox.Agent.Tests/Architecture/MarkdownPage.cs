using System.Text.RegularExpressions;

namespace MeeseeksBox.Agent.Tests.Architecture;

/// <summary>A page of the documentation, with the anchors that a link may name.</summary>
internal sealed partial class MarkdownPage
{
    private MarkdownPage(string path)
    {
        Path = path;
        Lines = File.ReadAllLines(path);
        Anchors = FindAnchors(Lines);
    }

    /// <summary>All pages of the repository.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Select(name => Repository.At(name))
            .Concat(new[] { "docs", "examples" }.SelectMany(
                folder => Directory.GetFiles(Repository.At(folder), "*.md", SearchOption.AllDirectories)))
            .Select(path => new MarkdownPage(path)),
    ];

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Its path in the repository.</summary>
    public string Name => System.IO.Path.GetRelativePath(Repository.Root, Path);

    /// <summary>Its lines.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The slugs of its headings, and its explicit ids.</summary>
    public IReadOnlySet<string> Anchors { get; }

    /// <summary>Its lines outside of blocks of code.</summary>
    public IEnumerable<string> Prose => OutsideOfCode(Lines);

    /// <summary>The page with a path; null when there is none.</summary>
    public static MarkdownPage? Find(string path) => All.FirstOrDefault(page => page.Path == System.IO.Path.GetFullPath(path));

    /// <summary>The anchor that GitHub makes of a heading.</summary>
    public static string Slug(string heading) =>
        NotInSlugs().Replace(Link().Replace(heading, "$1").Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static HashSet<string> FindAnchors(IReadOnlyList<string> lines)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in OutsideOfCode(lines))
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                // A repeated heading gets a number.
                var slug = Slug(heading.Groups[1].Value);
                var unique = slug;
                for (var count = 1; !anchors.Add(unique); count++)
                    unique = $"{slug}-{count}";
            }

            anchors.UnionWith(ExplicitAnchor().Matches(line).Select(anchor => anchor.Groups[1].Value));
        }

        return anchors;
    }

    private static IEnumerable<string> OutsideOfCode(IEnumerable<string> lines)
    {
        var isCode = false;
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            else if (!isCode)
                yield return line;
        }
    }

    [GeneratedRegex(@"^#{1,6} (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex("<a id=\"([^\"]+)\">")]
    private static partial Regex ExplicitAnchor();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInSlugs();
}
