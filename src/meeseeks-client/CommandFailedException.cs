namespace MeeseeksBox.CommandLine;

/// <summary>What was asked for did not come about, for a reason that the client itself found: exit status 1.</summary>
/// <param name="message">What happened, to what, and what to do.</param>
internal sealed class CommandFailedException(string message) : Exception(message);
