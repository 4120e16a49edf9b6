using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MeeseeksBox.Foundation.Json;

/// <summary>A JSON syntax error in plain words.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
/// <param name="Text">The found and the expected text.</param>
public sealed record JsonSyntaxError(int Line, int Column, string Text)
{
    /// <summary>Creates an error at a byte offset.</summary>
    public static JsonSyntaxError At(ReadOnlySpan<byte> text, int offset, string what)
    {
        var cursor = LineColumn.At(text, offset);
        return new JsonSyntaxError(cursor.Line, cursor.Column, what);
    }

    /// <summary>Finds the error in a text that a reader with these options rejected.</summary>
    /// <remarks>Reads the text a second time, so that a valid text has no extra cost.</remarks>
    public static JsonSyntaxError Find(ReadOnlySpan<byte> text, JsonReaderOptions options)
    {
        if (!Utf8.IsValid(text))
            return NotUtf8(text);

        var reader = new Utf8JsonReader(text, options);
        var open = new Stack<int>();
        var (readUpTo, lastToken) = (0, JsonTokenType.None);
        try
        {
            while (reader.Read())
            {
                (readUpTo, lastToken) = ((int)reader.BytesConsumed, reader.TokenType);
                if (lastToken is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    open.Push((int)reader.TokenStartIndex);
                else if (lastToken is JsonTokenType.EndObject or JsonTokenType.EndArray)
                    _ = open.Pop();
            }
        }
        catch (JsonException)
        {
            return new JsonErrorLocator(text, readUpTo, lastToken, open, options).Find();
        }

        throw new ArgumentException("The text has no fault.", nameof(text));
    }

    private static JsonSyntaxError NotUtf8(ReadOnlySpan<byte> text)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(text[offset..], out _, out var length) == System.Buffers.OperationStatus.Done)
            offset += length;
        return At(text, offset, $"the byte 0x{text[offset]:x2} is not UTF-8; save the text as UTF-8");
    }
}
