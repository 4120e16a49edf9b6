using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Texts for bytes that should be UTF-8 and need not be, as names and variables of the system.</summary>
/// <remarks>
/// A byte that is not UTF-8 is a lone surrogate, U+DC80 to U+DCFF, as in the <c>surrogateescape</c> of Python. No valid text holds one.
/// </remarks>
public static class ByteText
{
    private const int Escape = 0xDC00;
    private const char First = (char)(Escape + 0x80);
    private const char Last = (char)(Escape + 0xFF);

    /// <summary>The bytes for people; those that are not UTF-8 are shown as <c>\xe9</c>.</summary>
    /// <remarks>Different bytes have different texts, unless a name has a backslash of its own.</remarks>
    public static string Show(ReadOnlySpan<byte> bytes) => SingleLine.Of(Decode(bytes));

    /// <summary>A text that keeps the bytes, for <see cref="Encode(string)"/>.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) is OperationStatus.Done)
            {
                _ = text.Append(rune.ToString());
            }
            else
            {
                foreach (var one in bytes[..length])
                    _ = text.Append((char)(Escape + one));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a text.</summary>
    public static byte[] Encode(string text)
    {
        if (!HasBytes(text))
            return Encoding.UTF8.GetBytes(text);

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return bytes[..Encode(text, bytes)];
    }

    /// <summary>Writes the bytes of a text, and returns their number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">Takes three bytes for each character.</param>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var written = 0;
        while (IndexOfByte(text) is >= 0 and var index)
        {
            written += Encoding.UTF8.GetBytes(text[..index], bytes[written..]);
            bytes[written++] = ByteOf(text[index]);
            text = text[(index + 1)..];
        }

        return written + Encoding.UTF8.GetBytes(text, bytes[written..]);
    }

    /// <summary>True for a text with a byte that is not UTF-8.</summary>
    public static bool HasBytes(ReadOnlySpan<char> text) => IndexOfByte(text) >= 0;

    /// <summary>The index of the first byte that is not UTF-8; -1 without one.</summary>
    public static int IndexOfByte(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (text[start..].IndexOfAnyInRange(First, Last) is >= 0 and var offset)
        {
            // The second half of a pair is a character.
            var index = start + offset;
            if (index is 0 || !char.IsHighSurrogate(text[index - 1]))
                return index;

            start = index + 1;
        }

        return -1;
    }

    /// <summary>The byte at an index of <see cref="IndexOfByte"/>.</summary>
    public static byte ByteOf(char escaped) => (byte)(escaped - Escape);

    /// <summary>True for the lone surrogate of a byte.</summary>
    public static bool IsByte(char unit) => unit is >= First and <= Last;
}
