namespace MeeseeksBox.CommandLine.Commands;

/// <summary>A command: what it is called, what is said of it, and what it does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="RunAsync">Does it; the result is the exit status.</param>
internal sealed record CommandDefinition(string Name, string Summary, Func<Invocation, Task<int>> RunAsync)
{
    /// <summary>Its other name; null when it has none.</summary>
    public string? Alias { get; init; }

    /// <summary>What its words are.</summary>
    public string Words { get; init; } = "";

    /// <summary>More about it, and examples.</summary>
    public required string Help { get; init; }

    /// <summary>Whether it has words of its own at all.</summary>
    public bool TakesWords => Words.Length > 0;
}
