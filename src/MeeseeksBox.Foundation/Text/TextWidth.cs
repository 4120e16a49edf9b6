using System.Globalization;
using System.Text;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Measures and cuts texts by terminal columns.</summary>
internal static class TextWidth
{
    private const char Ellipsis = '…';

    /// <summary>The number of columns of a text without control characters.</summary>
    public static int Of(string text) => Ascii.IsValid(text) ? text.Length : text.EnumerateRunes().Sum(Of);

    /// <summary>The text, padded with spaces to a number of columns.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    /// <summary>The text, cut with an ellipsis to a number of columns.</summary>
    public static string Fit(string text, int width)
    {
        if (Of(text) <= width)
            return text;

        var fitted = new StringBuilder();
        var left = width - 1;
        foreach (var rune in text.EnumerateRunes())
        {
            left -= Of(rune);
            if (left < 0)
                break;

            _ = fitted.Append(rune);
        }

        return width > 0 ? fitted.Append(Ellipsis).ToString() : "";
    }

    // East Asian wide characters and emoji take two columns; combining marks take none.
    private static int Of(Rune rune) => rune.Value switch
    {
        _ when Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) => 2,
        (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) => 2,
        (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => 1,
    };
}
