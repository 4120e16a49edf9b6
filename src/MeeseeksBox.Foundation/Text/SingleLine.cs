using System.Globalization;
using System.Text;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Keeps external text on one line of a message or log.</summary>
public static class SingleLine
{
    /// <summary>
    /// The text with its control characters, line separators and changes of direction escaped (<c>\n</c>, <c>\t</c>, <c>\u001b</c>,
    /// <c>\u202e</c>), and with its bytes that are not UTF-8 (<c>\xe9</c>).
    /// </summary>
    public static string Of(string text) => text.Any(Breaks) || ByteText.HasBytes(text) ? Escaped(text) : text;

    /// <summary>The beginning of a text of any length, on one line and with <c>...</c> for the rest.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The number of its characters to keep.</param>
    public static string Beginning(string text, int most = 200) =>
        text.Length <= most ? Of(text) : $"{Of(text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)])}...";

    // A change of the direction of writing would show the rest of the line in another order.
    private static bool Breaks(char character) => TurnsDirection(character) || char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool TurnsDirection(char character) =>
        character is '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static string Escaped(string text)
    {
        var line = new StringBuilder(text.Length + 8);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var index = ByteText.IndexOfByte(rest);
            foreach (var character in index < 0 ? rest : rest[..index])
                Append(line, character);

            if (index < 0)
                break;

            _ = line.Append(CultureInfo.InvariantCulture, $@"\x{ByteText.ByteOf(rest[index]):x2}");
            rest = rest[(index + 1)..];
        }

        return line.ToString();
    }

    private static void Append(StringBuilder line, char character) => _ = character switch
    {
        '\n' => line.Append(@"\n"),
        '\r' => line.Append(@"\r"),
        '\t' => line.Append(@"\t"),
        _ when Breaks(character) => line.Append(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
        _ => line.Append(character),
    };
}
