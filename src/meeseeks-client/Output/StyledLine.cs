using System.Text;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Builds a line of a screen with a limited width.</summary>
/// <param name="width">The maximum number of columns.</param>
/// <param name="hasColor">Whether to use colours.</param>
/// <param name="isSelected">Whether the line is highlighted.</param>
internal sealed class StyledLine(int width, bool hasColor, bool isSelected = false)
{
    private const string Reverse = "7";

    private readonly StringBuilder _text = new();
    private int _used;

    /// <summary>The number of columns that are left.</summary>
    public int Room => width - _used;

    /// <summary>Adds a text, cut to the columns that are left.</summary>
    /// <param name="text">The text, without control characters.</param>
    /// <param name="style">One of the constants of <see cref="Style"/>; null: no style.</param>
    /// <returns>This line.</returns>
    public StyledLine Add(string text, string? style = null)
    {
        text = TextWidth.Fit(text, Room);
        _used += TextWidth.Of(text);
        var shown = hasColor ? style : null;
        _ = _text.Append(Style.Paint(text, isSelected ? $"{Reverse}{(shown is null ? "" : $";{shown}")}" : shown, isOn: true));
        return this;
    }

    /// <summary>Adds a left-aligned column, and a gap after it.</summary>
    public StyledLine Cell(string text, int column, string? style = null) =>
        column > 0 ? Add(TextWidth.Pad(TextWidth.Fit(text, column), column), style).Add("  ") : this;

    /// <summary>Adds a right-aligned column, and a gap after it.</summary>
    public StyledLine Number(string text, int column, string? style = null) =>
        column > 0 ? Add(text.PadLeft(column), style).Add("  ") : this;

    /// <summary>Adds a text, aligned to the right end of the line.</summary>
    public StyledLine Right(string text, string? style = null) =>
        Add(new string(' ', Math.Max(0, Room - TextWidth.Of(text)))).Add(text, style);

    /// <summary>The line with its escape sequences.</summary>
    public override string ToString() =>
        isSelected ? Add(new string(' ', Math.Max(0, Room)))._text.ToString() : _text.ToString().TrimEnd();
}
