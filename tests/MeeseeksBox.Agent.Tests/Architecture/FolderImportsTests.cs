using System.Text.RegularExpressions;

namespace MeeseeksBox.Agent.Tests.Architecture;

/// <summary>The allowed dependencies between the folders of the box; docs/ARCHITECTURE.md has the reasons.</summary>
public sealed partial class FolderImportsTests
{
    private static readonly string Source = Repository.At("src", "meeseeks-box");

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Configuration"] = [],
        ["Outputs"] = [],
        ["State"] = ["Configuration", "Outputs"],
        ["Listening"] = ["Configuration"],
        // Listening for ILineHandler alone: the interface belongs to its caller, and Requests implements it.
        ["Tails"] = ["State", "Outputs"],
        ["Signals"] = ["State"],
        ["Requests"] = ["State", "Configuration", "Listening", "Tails", "Signals"],
        // Signals for IRunProcesses alone, which Pools implements.
        ["Pools"] = ["State", "Configuration", "Outputs", "Tails", "Signals"],
        // Tails for IOutputRelay and Signals for ISignalRelay alone, which Links implements.
        ["Links"] = ["State", "Configuration", "Tails", "Signals"],
        ["Supervision"] = ["Configuration", "State"],
        ["Lifecycle"] = [],
        ["Recovery"] = ["State", "Pools"],
        // All parts that depend on the configuration.
        ["Reconfiguration"] = ["Configuration", "State", "Listening", "Pools", "Links", "Supervision"],
    };

    [Fact]
    public void Every_folder_is_in_the_table()
    {
        var folders = Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj"]);

        folders.Should().BeEquivalentTo(Allowed.Keys);
    }

    [Fact]
    public void A_folder_imports_only_allowed_folders()
    {
        var forbidden =
            from line in CodeLines()
            from Match import in Import().Matches(line.Text)
            let target = import.Groups["folder"].Value
            where target != line.Folder && !Allowed[line.Folder].Contains(target)
            select $"{line.File} imports {target}: {line.Text}";

        forbidden.Should().BeEmpty();
    }

    /// <summary>In every project: two folders that import each other are one concept in two places.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_imports_one_that_imports_it(string project)
    {
        var imports = (
            from file in Directory.EnumerateFiles(Repository.At("src", project), "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(Repository.At("src", project), file).Split(Path.DirectorySeparatorChar)
            where path.Length > 1 && path[0] is not ("bin" or "obj")
            let lines = File.ReadAllLines(file)
            let own = lines.First(line => line.StartsWith("namespace ", StringComparison.Ordinal))["namespace ".Length..].TrimEnd(';')
            let root = own[..(own.Length - string.Join('.', path[..^1]).Length)]
            from line in lines.Where(line => line.StartsWith($"using {root}", StringComparison.Ordinal))
            let target = line[$"using {root}".Length..].TrimEnd(';').Split('.')[0]
            where target != path[0]
            select (From: path[0], To: target)).ToHashSet();

        imports.Where(import => Reaches(import.To, import.From, [])).Should().BeEmpty();

        bool Reaches(string from, string to, HashSet<string> seen) => from == to || (seen.Add(from)
            && imports.Any(import => import.From == from && Reaches(import.To, to, seen)));
    }

    public static TheoryData<string> Projects() =>
        [.. Directory.GetDirectories(Repository.At("src")).Select(Path.GetFileName).OfType<string>()];

    [Fact]
    public void No_part_uses_the_composition_root()
    {
        // Their namespace encloses the others, so no using line would show the dependency. Program cannot be named by accident.
        var names = string.Join('|', Directory.GetFiles(Source, "*.cs").Select(Path.GetFileNameWithoutExtension).Except(["Program"]));
        var mention = new Regex($@"(?<!\.)\b({names})\b");

        var mentions = CodeLines().Where(line => mention.IsMatch(line.Text)).Select(line => $"{line.File}: {line.Text}");

        mentions.Should().BeEmpty();
    }

    // Comments may name any type.
    private static IEnumerable<(string Folder, string File, string Text)> CodeLines() =>
        from folder in Allowed.Keys
        from file in Directory.EnumerateFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories)
        from text in File.ReadLines(file)
        where !text.TrimStart().StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("namespace ", StringComparison.Ordinal)
        select (folder, Path.GetRelativePath(Source, file), text.Trim());

    [GeneratedRegex(@"\bMeeseeksBox\.Agent\.(?<folder>\w+)")]
    private static partial Regex Import();
}
