using MeeseeksBox.CommandLine.Invocations;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary>A command with its names, its help and its action.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Summary">One line of help.</param>
/// <param name="RunAsync">Runs the command and returns the exit status.</param>
internal sealed record CommandDefinition(string Name, string Summary, Func<Invocation, Task<int>> RunAsync)
{
    /// <summary>A second name; null if it has none.</summary>
    public string? Alias { get; init; }

    /// <summary>The words after the command, for the usage line.</summary>
    public string Words { get; init; } = "";

    /// <summary>The details and examples of the help.</summary>
    public required string Help { get; init; }

    /// <summary>Whether words may follow the command.</summary>
    public bool TakesWords => Words.Length > 0;
}
