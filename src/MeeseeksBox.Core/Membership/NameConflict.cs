namespace MeeseeksBox.Core.Membership;

/// <summary>Two boxes below this node that have one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="First">The peer through which the one is reached that keeps the name.</param>
/// <param name="Second">The peer through which the other one came, which gets no jobs.</param>
public sealed record NameConflict(string Name, string First, string Second);
