namespace MeeseeksBox.Testing;

/// <summary>A recipe of docs/WATCH.md: the blocks of code below its heading.</summary>
/// <param name="Title">The heading, without its number.</param>
/// <param name="Configuration">The configuration.</param>
/// <param name="Commands">The commands: those that make the folders, and those that send the files.</param>
public sealed record Recipe(string Title, string Configuration, IReadOnlyList<string> Commands)
{
    private const string Fence = "```";

    /// <summary>The configuration of the first watch.</summary>
    public static Recipe FirstWatch { get; } = Sections().Single(section => section.Title == "A first watch");

    /// <summary>The recipes, in order.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [.. Sections().Where(section => char.IsAsciiDigit(section.Title[0]))];

    private static IEnumerable<Recipe> Sections()
    {
        var text = File.ReadAllText(Path.Combine(BuildOutput.Repository, "docs", "WATCH.md"));
        foreach (var section in text.Split("\n##").Skip(1))
        {
            var blocks = section.Split($"\n{Fence}").Skip(1).Where((_, number) => number % 2 is 0).ToList();
            if (BlocksOf("json", blocks) is [var configuration, ..])
                yield return new Recipe(section.TrimStart('#').Split('\n')[0].Trim(), configuration, BlocksOf("sh", blocks));
        }
    }

    private static List<string> BlocksOf(string language, IEnumerable<string> blocks) =>
        [.. blocks.Where(block => block.StartsWith($"{language}\n", StringComparison.Ordinal)).Select(block => block[language.Length..])];
}
