namespace MeeseeksBox.Agent.Listening;

/// <summary>What the listener knows for sure about a client.</summary>
/// <param name="Name">The common name in its verified certificate; null without one.</param>
/// <param name="User">Its user on this host; null for a client of TCP.</param>
internal sealed record ClientIdentity(string? Name, PeerUser? User);
