namespace MeeseeksBox.Agent.Links;

/// <summary>A link cannot be used; its message says why, for the log.</summary>
internal sealed class LinkException(string message) : Exception(message);
