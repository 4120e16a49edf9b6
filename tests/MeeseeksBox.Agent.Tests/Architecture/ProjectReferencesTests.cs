using System.Xml.Linq;

namespace MeeseeksBox.Agent.Tests.Architecture;

/// <summary>The allowed references between projects, without cycles.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["MeeseeksBox.Plugins"] = [],
        ["MeeseeksBox.Foundation"] = [],
        ["MeeseeksBox.Protocol"] = ["MeeseeksBox.Foundation"],
        ["MeeseeksBox.Tls"] = ["MeeseeksBox.Foundation"],
        ["MeeseeksBox.Configuration"] = ["MeeseeksBox.Foundation", "MeeseeksBox.Tls"],
        ["MeeseeksBox.Core"] = ["MeeseeksBox.Protocol"],
        ["MeeseeksBox.Client"] = ["MeeseeksBox.Protocol", "MeeseeksBox.Tls"],
        ["MeeseeksBox.Logging"] = ["MeeseeksBox.Configuration"],
        ["MeeseeksBox.FileWatch"] = ["MeeseeksBox.Configuration", "MeeseeksBox.Protocol"],
        ["MeeseeksBox.Runner"] = ["MeeseeksBox.Foundation"],
        ["meeseeks-runner"] = ["MeeseeksBox.Runner"],
        ["meeseeks-box"] =
        [
            "MeeseeksBox.Configuration", "MeeseeksBox.Core", "MeeseeksBox.Logging", "MeeseeksBox.Plugins", "MeeseeksBox.Runner",
            "meeseeks-runner",
        ],
        ["meeseeks-watch"] = ["MeeseeksBox.Client", "MeeseeksBox.FileWatch", "MeeseeksBox.Logging"],
        ["meeseeks-client"] = ["MeeseeksBox.Client", "MeeseeksBox.Configuration"],
        ["Plumbus"] = ["MeeseeksBox.Plugins"],
    };

    [Fact]
    public void Every_project_is_in_the_table()
    {
        Projects().Select(Path.GetFileNameWithoutExtension).Should().BeEquivalentTo(Allowed.Keys);
    }

    [Fact]
    public void A_project_references_only_allowed_projects()
    {
        var forbidden =
            from project in Projects()
            let name = Path.GetFileNameWithoutExtension(project)
            from reference in References(project, "ProjectReference")
            let target = Path.GetFileNameWithoutExtension(reference)
            where !Allowed[name].Contains(target)
            select $"{name} references {target}";

        forbidden.Should().BeEmpty();
    }

    [Theory]
    [InlineData("MeeseeksBox.Plugins")]
    [InlineData("MeeseeksBox.Foundation")]
    [InlineData("MeeseeksBox.Protocol")]
    [InlineData("MeeseeksBox.Tls")]
    [InlineData("MeeseeksBox.Configuration")]
    [InlineData("MeeseeksBox.Core")]
    [InlineData("MeeseeksBox.FileWatch")]
    [InlineData("MeeseeksBox.Client")]
    public void A_library_uses_no_packages(string library)
    {
        References(Repository.At("src", library, $"{library}.csproj"), "PackageReference").Should().BeEmpty();
    }

    private static string[] Projects() =>
        [.. new[] { "src", "plugins" }.SelectMany(
            folder => Directory.GetFiles(Repository.At(folder), "*.csproj", SearchOption.AllDirectories))];

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);
}
