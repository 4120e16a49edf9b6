namespace MeeseeksBox.Agent.Pools;

/// <summary>Why something cannot be done.</summary>
/// <param name="Text">What is wrong with what, in a person's words.</param>
internal sealed record Error(string Text);
