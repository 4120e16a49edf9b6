using System.Text.RegularExpressions;

namespace MeeseeksBox.Agent.Tests.Architecture;

/// <summary>The entries of docs/GLOSSARY.md name existing places, and the source uses no retired word.</summary>
public sealed partial class GlossaryTests
{
    private static readonly MarkdownPage Glossary = MarkdownPage.Find(Repository.At("docs", "GLOSSARY.md"))!;

    // The cells of each entry: term, meaning, lives in.
    private static readonly IReadOnlyList<string[]> Entries =
    [
        .. Glossary.Lines
            .SkipWhile(line => line is not "| term | meaning | lives in |")
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    private static readonly HashSet<string> Types =
    [
        .. from file in Directory.EnumerateFiles(Repository.At("src"), "*.cs", SearchOption.AllDirectories)
           from line in File.ReadLines(file)
           let declaration = TypeDeclaration().Match(line)
           where declaration.Success
           select declaration.Groups[1].Value,
    ];

    // The pages that describe attributes and settings.
    private static readonly string Reference =
        string.Concat(
            new[] { "README.md", "docs/PROTOCOL.md", "docs/WATCH.md" }.SelectMany(name => MarkdownPage.Find(Repository.At(name))!.Lines));

    private static readonly HashSet<string> OfLibraries = ["AddressFamily"];

    [Fact]
    public void Every_entry_has_three_cells_and_the_terms_are_in_order()
    {
        Entries.Should().HaveCountGreaterThan(90).And.OnlyContain(entry => entry.Length == 3);
        Entries.Select(entry => entry[0]).Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Every_entry_is_one_sentence() =>
        Entries.Where(entry => !entry[1].EndsWith('.') || entry[1].Contains(". ", StringComparison.Ordinal)).Select(entry => entry[0])
            .Should().BeEmpty();

    [Fact]
    public void Every_place_in_the_last_column_exists()
    {
        var places = Entries.SelectMany(
            entry => Quoted().Matches(entry[2]).Select(place => (Term: entry[0], Place: place.Groups[1].Value))).ToList();

        Entries.Should().OnlyContain(entry => Quoted().IsMatch(entry[2]));
        places.Where(entry => !Exists(entry.Place)).Should().BeEmpty();
    }

    [Fact]
    public void No_identifier_of_the_source_has_a_retired_word()
    {
        var retired = Glossary.Lines
            .SkipWhile(line => line is not "| retired | use instead |")
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|')[0].Trim())
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var used =
            from file in Directory.EnumerateFiles(Repository.At("src"), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/", StringComparison.Ordinal)
            from identifier in Identifier().Matches(NotCode().Replace(File.ReadAllText(file), " ")).Select(match => match.Value).Distinct()
            where Word().Matches(identifier).Any(word => retired.Contains(word.Value)) && !OfLibraries.Contains(identifier)
            select $"{Path.GetRelativePath(Repository.Root, file)}: {identifier}";

        retired.Should().HaveCountGreaterThan(25);
        used.Should().BeEmpty();
    }

    [Fact]
    public void No_two_types_of_the_source_have_the_same_name() =>
        (from file in Directory.EnumerateFiles(Repository.At("src"), "*.cs", SearchOption.AllDirectories)
         where !file.Contains("/obj/", StringComparison.Ordinal)
         from line in File.ReadLines(file)
         let declaration = TypeDeclaration().Match(line)
         where declaration.Success && !line.Contains(" partial ", StringComparison.Ordinal)
         group file by (
             Name: declaration.Groups[1].Value,
             IsGeneric: line.Contains($"{declaration.Groups[1].Value}<", StringComparison.Ordinal)) into files
         where files.Count() > 1
         select $"{files.Key.Name}: {string.Join(", ", files.Select(file => Path.GetRelativePath(Repository.Root, file)))}")
             .Should().BeEmpty();

    // A type begins with a capital and a path has a slash. Everything else is an attribute or a setting.
    private static bool Exists(string place) =>
        char.IsAsciiLetterUpper(place[0]) ? Types.Contains(place)
        : place.Contains('/', StringComparison.Ordinal) ? Path.Exists(Repository.At(place))
        : Reference.Contains($"`{place}`", StringComparison.Ordinal);

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Identifier();

    // The words of a name in camel case.
    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();

    // Comments and literals.
    [GeneratedRegex("""//[^\n]*|"{3}[\s\S]*?"{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])'""")]
    private static partial Regex NotCode();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(
        @"^\s*(?:(?:public|internal|private|protected|file|static|sealed|abstract|readonly|partial|ref|unsafe) )*"
        + @"(?:class|struct|interface|enum|record(?: struct)?) (\w+)")]
    private static partial Regex TypeDeclaration();
}
