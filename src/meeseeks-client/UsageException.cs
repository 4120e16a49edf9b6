namespace MeeseeksBox.CommandLine;

/// <summary>The command line is wrong: exit status 2.</summary>
/// <param name="message">The mistake, and what is expected.</param>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>Whether the usage with all commands is printed, because there is no command.</summary>
    public bool ListsCommands { get; init; }
}
