using System.Text.RegularExpressions;

namespace MeeseeksBox.Agent.Tests.Architecture;

/// <summary>References between code and documentation, and within the documentation, have an existing target.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] CodeFolders = ["src", "tests", "bench", "plugins"];

    private static readonly IReadOnlyList<string> CodeFiles =
        [.. CodeFolders.SelectMany(folder => FilesIn(folder)).Where(file => file.EndsWith(".cs", StringComparison.Ordinal))];

    // With slashes, from the root of the repository.
    private static readonly HashSet<string> Files =
    [
        .. CodeFolders.Concat(["docs", "examples", "packaging"])
            .SelectMany(FilesIn)
            .Concat(Directory.GetFiles(Repository.Root))
            .Select(RelativePath),
    ];

    private static readonly HashSet<string> Folders = [.. Files.SelectMany(FoldersOf)];

    [Fact]
    public void Code_refers_only_to_existing_anchors()
    {
        var references = CodeFiles.SelectMany(file => References(RelativePath(file), File.ReadLines(file))).ToList();

        references.Should().HaveCountGreaterThan(150);
        references.Where(reference => reference.Problem is not null).Should().BeEmpty();
    }

    [Fact]
    public void Pages_refer_only_to_existing_anchors() =>
        MarkdownPage.All.SelectMany(page => References(page.Name, page.Lines)).Where(reference => reference.Problem is not null)
            .Should().BeEmpty();

    [Fact]
    public void Relative_links_have_existing_targets()
    {
        var links =
            (from page in MarkdownPage.All
             from line in page.Prose
             from Match link in Link().Matches(line)
             where !link.Groups["target"].Value.Contains(':')
             select (page.Name, Link: link.Value, Problem: ProblemOf(page, link.Groups["target"].Value))).ToList();

        links.Should().HaveCountGreaterThan(50);
        links.Where(link => link.Problem is not null).Should().BeEmpty();
    }

    [Fact]
    public void Source_files_and_folders_in_pages_exist()
    {
        var mentions =
            (from page in MarkdownPage.All
             from line in page.Prose
             from Match mention in SourceFile().Matches(line).Concat(QuotedPath().Matches(line))
             select (page.Name, Path: mention.Groups["path"].Value)).ToList();

        mentions.Should().HaveCountGreaterThan(50);
        mentions.Where(mention => !Exists(mention.Path)).Should().BeEmpty();
    }

    [Fact]
    public void No_line_refers_to_a_section_by_its_number()
    {
        // In two parts, so that this line does not match.
        const string Section = "SPEC.md" + " §";

        var lines =
            from file in CodeFiles.Concat(MarkdownPage.All.Select(page => page.Path))
            from line in File.ReadLines(file)
            where line.Contains(Section, StringComparison.Ordinal)
            select $"{RelativePath(file)}: {line.Trim()}";

        lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Who may do what", "who-may-do-what")]
    [InlineData("`rc`, and what it means!", "rc-and-what-it-means")]
    [InlineData("The [state](#state) file_1", "the-state-file_1")]
    public void A_heading_has_the_anchor_of_GitHub(string heading, string anchor) =>
        MarkdownPage.Slug(heading).Should().Be(anchor);

    private static IEnumerable<(string In, string Reference, string? Problem)> References(string name, IEnumerable<string> lines) =>
        from line in lines
        from Match reference in PageReference().Matches(line)
        let page = MarkdownPage.Find(Repository.At(reference.Groups["page"].Value))
        let anchor = reference.Groups["anchor"]
        select (name, reference.Value, page is null ? "no such page" : anchor.Success ? ProblemOf(page, anchor.Value) : null);

    private static string? ProblemOf(MarkdownPage page, string target)
    {
        var parts = target.Split('#');
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.Path)!, parts[0]));
        var linked = parts[0].Length is 0 ? page : MarkdownPage.Find(path);
        return linked is null && !File.Exists(path) && !Directory.Exists(path) ? "no such file"
            : parts.Length is 1 || linked?.Anchors.Contains(parts[1]) is true ? null
            : "no such anchor";
    }

    // A page may omit the folder of a project and the start of its name.
    private static bool Exists(string mention)
    {
        var path = mention.TrimEnd('/');
        return (mention.EndsWith('/') ? Folders : Files.Concat(Folders)).Any(known =>
            known == path
            || known.EndsWith($"/{path}", StringComparison.Ordinal)
            || known.EndsWith($"/MeeseeksBox.{path}", StringComparison.Ordinal));
    }

    private static IEnumerable<string> FilesIn(string folder) => Directory
        .EnumerateFiles(Repository.At(folder), "*", SearchOption.AllDirectories)
        .Where(file => !RelativePath(file).Split('/').Any(part => part is "bin" or "obj"));

    private static IEnumerable<string> FoldersOf(string file)
    {
        for (var folder = Path.GetDirectoryName(file); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    private static string RelativePath(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"(?<![\w./-])(?<page>docs/(?:decisions/)?[\w-]+\.md|README\.md(?=#))(?<anchor>#[\w-]+)?")]
    private static partial Regex PageReference();

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./*-])(?<path>[\w.-]+(/[\w.-]+)*\.cs)\b")]
    private static partial Regex SourceFile();

    // In quotes: a folder with a slash behind it, or a path that begins with a folder of the repository.
    [GeneratedRegex(@"`(?<path>([\w.-]+/)+|(src|tests|bench|plugins|docs|examples|packaging)(/[\w.-]+)+)`")]
    private static partial Regex QuotedPath();
}
