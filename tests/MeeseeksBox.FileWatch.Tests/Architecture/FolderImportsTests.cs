using System.Text.RegularExpressions;

namespace MeeseeksBox.FileWatch.Tests.Architecture;

/// <summary>The allowed imports between the folders of the watcher (docs/ARCHITECTURE.md).</summary>
public sealed partial class FolderImportsTests
{
    private static readonly string Source = Path.Combine(Root(AppContext.BaseDirectory), "src", "meeseeks-watch");

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Commands"] = ["Configuration", "Control", "Watches"],
        ["Configuration"] = [],
        ["Control"] = ["Watches"],
        ["Folders"] = [],
        ["Jobs"] = [],
        ["Watches"] = ["Folders", "Jobs"],
    };

    [Fact]
    public void Every_folder_is_in_the_table()
    {
        Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj"]).Should().BeEquivalentTo(Allowed.Keys);
    }

    [Fact]
    public void A_folder_imports_only_the_allowed_ones()
    {
        var forbidden =
            from folder in Allowed.Keys
            from file in Directory.EnumerateFiles(Path.Combine(Source, folder), "*.cs")
            from line in File.ReadLines(file)
            where !line.StartsWith("namespace ", StringComparison.Ordinal)
            from Match import in Import().Matches(line)
            let target = import.Groups["folder"].Value
            where target != folder && !Allowed[folder].Contains(target)
            select $"{file} imports {target}";

        forbidden.Should().BeEmpty();
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "MeeseeksBox.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);

    [GeneratedRegex(@"\bMeeseeksBox\.WatchAgent\.(?<folder>\w+)")]
    private static partial Regex Import();
}
