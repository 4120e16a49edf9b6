namespace MeeseeksBox.WatchAgent.Commands;

/// <summary>The configuration or the command line of a command is invalid.</summary>
/// <param name="message">The problems, a line each.</param>
internal sealed class BadConfigurationException(string message) : Exception(message);
