using System.Text;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>A line of a screen that is put together piece by piece and never gets wider than it may be.</summary>
/// <param name="width">How many columns it may have.</param>
/// <param name="hasColor">Whether colours are wanted.</param>
/// <param name="isSelected">Whether it stands out from the others.</param>
internal sealed class StyledLine(int width, bool hasColor, bool isSelected = false)
{
    private const string Reverse = "7";

    private readonly StringBuilder _text = new();
    private int _used;

    /// <summary>How many columns are left.</summary>
    public int Room => width - _used;

    /// <summary>Adds a text, as much of it as there is room for.</summary>
    /// <param name="text">The text, without control characters.</param>
    /// <param name="style">One of the constants of <see cref="Style"/>; null: as it is.</param>
    /// <returns>The line.</returns>
    public StyledLine Add(string text, string? style = null)
    {
        text = TextWidth.Fit(text, Room);
        _used += TextWidth.Of(text);
        var shown = hasColor ? style : null;
        _ = _text.Append(Style.Paint(text, isSelected ? $"{Reverse}{(shown is null ? "" : $";{shown}")}" : shown, isOn: true));
        return this;
    }

    /// <summary>Adds a text that fills a column, and the gap behind it.</summary>
    public StyledLine Cell(string text, int column, string? style = null) =>
        column > 0 ? Add(TextWidth.Pad(TextWidth.Fit(text, column), column), style).Add("  ") : this;

    /// <summary>Adds a text that stands at the right end of its column, and the gap behind it.</summary>
    public StyledLine Number(string text, int column, string? style = null) =>
        column > 0 ? Add(text.PadLeft(column), style).Add("  ") : this;

    /// <summary>Adds a text at the right end of the line.</summary>
    public StyledLine Right(string text, string? style = null) =>
        Add(new string(' ', Math.Max(0, Room - TextWidth.Of(text)))).Add(text, style);

    /// <summary>The line, with what terminals take for colours.</summary>
    public override string ToString() => isSelected ? Add(new string(' ', Math.Max(0, Room)))._text.ToString() : _text.ToString().TrimEnd();
}
