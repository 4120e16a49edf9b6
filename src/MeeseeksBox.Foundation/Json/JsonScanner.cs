using System.Text;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Foundation.Json;

/// <summary>Scans the parts of a JSON text with a syntax error.</summary>
internal static partial class JsonScanner
{
    private const int LongestExcerpt = 30;

    /// <summary>
    /// The first offset from <paramref name="at"/> on after white space and allowed comments. An unclosed comment is not skipped.
    /// </summary>
    public static int SkipBlank(ReadOnlySpan<byte> text, int at, bool allowsComments)
    {
        while (at < text.Length)
        {
            var length = text[at] switch
            {
                (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' => 1,
                (byte)'/' when allowsComments => CommentLength(text[at..]),
                _ => 0,
            };
            if (length == 0)
                break;
            at += length;
        }

        return at;
    }

    /// <summary>The text to quote in a message: a complete word or number, or one character.</summary>
    public static string Excerpt(ReadOnlySpan<byte> text, int at)
    {
        var length = WordLength(text[at..]);
        if (length > 0)
            return $"'{Encoding.UTF8.GetString(text.Slice(at, Math.Min(length, LongestExcerpt)))}'";
        Rune.DecodeFromUtf8(text[at..], out var rune, out _);
        return rune.Value is > 0x20 and < 0x7f || Rune.IsLetter(rune) ? $"'{rune}'" : $"the character U+{rune.Value:X4}";
    }

    /// <summary>The length of a word or number in bytes.</summary>
    public static int WordLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && IsOfWord((char)text[length]))
            length++;
        return length;
    }

    private static bool IsOfWord(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '+' or '.';

    /// <summary>Whether a word is a JSON number.</summary>
    public static bool IsNumber(string word) => Number().IsMatch(word);

    /// <summary>Finds the end of the string that starts at <paramref name="at"/>, or the error inside it.</summary>
    public static JsonSyntaxError? StringFault(ReadOnlySpan<byte> text, int at, out int end)
    {
        for (end = at + 1; end < text.Length; end++)
        {
            switch (text[end])
            {
                case (byte)'"':
                    end++;
                    return null;
                case (byte)'\n' or (byte)'\r':
                    return Unclosed(text, at);
                case < 0x20:
                    return JsonSyntaxError.At(text, end, $@"unescaped control character in a text: write \u{text[end]:x4}");
                case (byte)'\\':
                    var escape = EscapeLength(text[end..]);
                    if (escape == 0)
                        return JsonSyntaxError.At(text, end, @"invalid escape: for a backslash itself write \\");
                    end += escape - 1;
                    break;
            }
        }

        return Unclosed(text, at);
    }

    private static JsonSyntaxError Unclosed(ReadOnlySpan<byte> text, int at) =>
        JsonSyntaxError.At(text, at, "the text that starts here has no closing double quote on its line");

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
            return 0;
        if ("\"\\/bfnrt"u8.Contains(text[1]))
            return 2;
        if (text[1] != 'u' || text.Length < 6)
            return 0;
        foreach (var digit in text.Slice(2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return 0;
        }

        return 6;
    }

    private static int CommentLength(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("//"u8))
        {
            var end = text.IndexOf((byte)'\n');
            return end < 0 ? text.Length : end + 1;
        }

        if (!text.StartsWith("/*"u8))
            return 0;
        var close = text[2..].IndexOf("*/"u8);
        return close < 0 ? 0 : close + 4;
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
