using System.Text;

namespace MeeseeksBox.Protocol.Configuration;

/// <summary>What is wrong with a text that should be JSON, in plain words.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
/// <param name="Text">What was found, and what is wanted.</param>
internal sealed record JsonFault(int Line, int Column, string Text)
{
    /// <summary>A fault at a byte offset.</summary>
    public static JsonFault At(ReadOnlySpan<byte> text, int offset, string what)
    {
        var cursor = TextCursor.At(text, offset);
        return new JsonFault(cursor.Line, cursor.Column, what);
    }

    /// <summary>The fault of a text that is not valid UTF-8.</summary>
    public static JsonFault NotUtf8(ReadOnlySpan<byte> text)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(text[offset..], out _, out var length) == System.Buffers.OperationStatus.Done)
            offset += length;
        return At(text, offset, $"the byte 0x{text[offset]:x2} is not UTF-8; save the text as UTF-8");
    }
}
