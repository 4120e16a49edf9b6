using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The kinds of lines that <c>stat</c> shows (docs/SPECIFICATION.md#stat-output).</summary>
/// <param name="Nodes">Show lines for nodes.</param>
/// <param name="Pools">Show lines for pools.</param>
/// <param name="Jobs">Show lines for jobs.</param>
/// <param name="IsActiveOnly">Show only active jobs.</param>
/// <param name="IsTree">Show each node below the node through which it is reached.</param>
internal sealed record StatusView(bool Nodes, bool Pools, bool Jobs, bool IsActiveOnly, bool IsTree)
{
    private static readonly string[] Elements = ["nodes", "pools", "jobs", "active", "tree"];

    /// <summary>All lines, without a tree.</summary>
    public static StatusView All { get; } = new(true, true, true, false, false);

    /// <summary>Reads the words <c>nodes pools jobs active tree</c>, or their first letters.</summary>
    /// <exception cref="UsageException">A word is unknown.</exception>
    public static StatusView Read(IReadOnlyList<string> words)
    {
        var chosen = words.Select(Element).ToHashSet();
        var isAll = !chosen.Overlaps(["nodes", "pools", "jobs"]);
        return new StatusView(
            isAll || chosen.Contains("nodes"),
            isAll || chosen.Contains("pools"),
            isAll || chosen.Contains("jobs"),
            chosen.Contains("active"),
            chosen.Contains("tree"));
    }

    private static string Element(string word) =>
        Array.Find(Elements, element => element == word || (word.Length is 1 && element[0] == word[0]))
        ?? throw new UsageException(
            $"unknown word '{word}'; stat accepts nodes, pools, jobs, active and tree, or id={word} for an id"
            + DidYouMean.Of(word, Elements));
}
