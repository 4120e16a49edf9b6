namespace MeeseeksBox.CommandLine;

/// <summary>The words on the command line are wrong: exit status 2.</summary>
/// <param name="message">What is wrong, and what is wanted.</param>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>Whether the usage with all commands is printed: no command was named that the program has.</summary>
    public bool ListsCommands { get; init; }
}
