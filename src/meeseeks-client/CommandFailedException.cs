namespace MeeseeksBox.CommandLine;

/// <summary>The command failed for a reason that the client found itself: exit status 1.</summary>
/// <param name="message">The failure, its cause, and what to do.</param>
internal sealed class CommandFailedException(string message) : Exception(message);
