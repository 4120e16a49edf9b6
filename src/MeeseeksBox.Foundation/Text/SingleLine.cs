using System.Globalization;
using System.Text;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Keeps external text on one line of a message or log.</summary>
public static class SingleLine
{
    /// <summary>The text with its control characters and line separators escaped (<c>\n</c>, <c>\t</c>, <c>\u001b</c>).</summary>
    public static string Of(string text) => text.Any(Breaks) ? Escaped(text) : text;

    private static bool Breaks(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Escaped(string text)
    {
        var line = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\n' => line.Append(@"\n"),
                '\r' => line.Append(@"\r"),
                '\t' => line.Append(@"\t"),
                _ when Breaks(character) => line.Append(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
                _ => line.Append(character),
            };
        }

        return line.ToString();
    }
}
