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
        // The reader goes deeper than is allowed, to tell depth from faults in the text.
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= RequestLine.DepthLimit)
                {
                    return $"nested deeper than {RequestLine.DepthLimit} levels at character {Character(line, reader.TokenStartIndex)}";
                }
            }

            return "not JSON";
        }
        catch (JsonException fault)
        {
            return $"not JSON: {Unexpected(line, reader.BytesConsumed, Math.Min(fault.BytePositionInLine ?? 0, line.Length))}";
        }
    }

    private static string Unexpected(ReadOnlySequence<byte> line, long tokenStart, long position)
    {
        // A wrong word is shown whole; the parser stops somewhere within it.
        var word = Word(line.Slice(tokenStart));
        if (word.Length > 0)
        {
            return $"unexpected '{word}' at character {Character(line, tokenStart)}";
        }

        var character = Character(line, position);
        return position == line.Length
            ? $"it ends at character {character - 1}, before it is complete"
            : $"unexpected {Shown(line.Slice(position))} at character {character}";
    }

    private static string Word(ReadOnlySequence<byte> rest)
    {
        var start = rest.Slice(0, Math.Min(rest.Length, LongestWord)).ToArray();
        var end = Array.FindIndex(start, value => !char.IsAsciiLetter((char)value));
        return Encoding.ASCII.GetString(start, 0, end < 0 ? start.Length : end);
    }

    private static string Shown(ReadOnlySequence<byte> rest)
    {
        var start = rest.Slice(0, Math.Min(rest.Length, 4)).ToArray();
        return Rune.DecodeFromUtf8(start, out var character, out _) is not OperationStatus.Done
            ? $"byte 0x{start[0]:X2}"
            : Rune.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
                ? $"U+{character.Value:X4}"
                : $"'{character}'";
    }

    private static long Character(ReadOnlySequence<byte> line, long position)
    {
        var character = 1L;
        foreach (var piece in line.Slice(0, position))
        {
            foreach (var value in piece.Span)
            {
                // Bytes like 10xxxxxx continue a character of UTF-8.
                character += (value & 0xC0) is 0x80 ? 0 : 1;
            }
        }

        return character;
    }
}
