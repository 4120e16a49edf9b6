namespace MeeseeksBox.Agent.Links;

/// <summary>A failure of the connection of a link; the message is the cause, for the log.</summary>
internal sealed class LinkException(string message) : Exception(message);
