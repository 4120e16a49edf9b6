using MeeseeksBox.CommandLine.Options;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>What of the cluster is to be shown (docs/SPECIFICATION.md#stat-output).</summary>
/// <param name="Nodes">Lines for nodes.</param>
/// <param name="Pools">Lines for pools.</param>
/// <param name="Jobs">Lines for jobs.</param>
/// <param name="IsActiveOnly">Only jobs that a pool has hold of.</param>
/// <param name="IsTree">Nodes stand under those that they are reached through.</param>
internal sealed record StatusView(bool Nodes, bool Pools, bool Jobs, bool IsActiveOnly, bool IsTree)
{
    private static readonly string[] Elements = ["nodes", "pools", "jobs", "active", "tree"];

    /// <summary>Everything, flat.</summary>
    public static StatusView All { get; } = new(true, true, true, false, false);

    /// <summary>Reads the words that choose: <c>nodes pools jobs active tree</c>, or their first letters.</summary>
    /// <exception cref="UsageException">There is no such element.</exception>
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
        ?? throw new UsageException($"'{word}' is nothing that stat shows (nodes, pools, jobs, active, tree); if it is an id, write id={word}{DidYouMean.Of(word, Elements)}");
}
