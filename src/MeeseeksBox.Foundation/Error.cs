namespace MeeseeksBox.Foundation;

/// <summary>The error of a failed operation.</summary>
/// <param name="Text">The error text for a person.</param>
public sealed record Error(string Text);
