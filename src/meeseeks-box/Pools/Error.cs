namespace MeeseeksBox.Agent.Pools;

/// <summary>The error of a failed operation.</summary>
/// <param name="Text">The error text for a person.</param>
internal sealed record Error(string Text);
