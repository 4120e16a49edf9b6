namespace MeeseeksBox.CommandLine.Top;

/// <summary>A line of the output of the selected job.</summary>
/// <param name="Style">One of the constants of <see cref="Output.Style"/>; null: no style.</param>
/// <param name="Text">The text, without control characters.</param>
internal sealed record TopOutputLine(string? Style, string Text);
