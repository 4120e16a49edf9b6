using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary>Says why a line is not JSON, for the person who typed it.</summary>
internal static class JsonFault
{
    private const int LongestWord = 20;

    /// <summary>What is wrong with a line that could not be parsed, and at which character (the first is 1).</summary>
    public static string Explain(ReadOnlySequence<byte> line)
    {
        // In one piece, because the reader counts otherwise where a word goes across pieces.
        ReadOnlySpan<byte> json = line.IsSingleSegment ? line.FirstSpan : line.ToArray();

        // The reader goes deeper than is allowed, to tell depth from faults in the text.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= RequestLine.DepthLimit)
                {
                    return $"nested deeper than {RequestLine.DepthLimit} levels at character {Character(json[..(int)reader.TokenStartIndex])}";
                }
            }

            return "not JSON";
        }
        catch (JsonException fault)
        {
            return $"not JSON: {Unexpected(json, (int)reader.BytesConsumed, (int)Math.Min(fault.BytePositionInLine ?? 0, json.Length))}";
        }
    }

    private static string Unexpected(ReadOnlySpan<byte> json, int tokenStart, int position)
    {
        // A wrong word is shown whole; the parser stops somewhere within it.
        var word = Word(json[tokenStart..]);
        if (word.Length > 0)
        {
            return $"unexpected '{word}' at character {Character(json[..tokenStart])}";
        }

        var character = Character(json[..position]);
        return position == json.Length
            ? $"it ends at character {character - 1}, before it is complete"
            : $"unexpected {Shown(json[position..])} at character {character}";
    }

    private static string Word(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < Math.Min(rest.Length, LongestWord) && char.IsAsciiLetter((char)rest[length]))
        {
            length++;
        }

        return Encoding.ASCII.GetString(rest[..length]);
    }

    private static string Shown(ReadOnlySpan<byte> rest) => (Rune.DecodeFromUtf8(rest, out var character, out _), Rune.GetUnicodeCategory(character)) switch
    {
        (not OperationStatus.Done, _) => $"byte 0x{rest[0]:X2}",
        (_, UnicodeCategory.Control or UnicodeCategory.Format) => $"U+{character.Value:X4}",
        _ => $"'{character}'",
    };

    // The number of the character that follows; bytes like 10xxxxxx go on with the one before.
    private static int Character(ReadOnlySpan<byte> before)
    {
        var character = 1;
        foreach (var value in before)
        {
            character += (value & 0xC0) is 0x80 ? 0 : 1;
        }

        return character;
    }
}
