using System.Buffers;
using System.Globalization;
using System.Text;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Texts for bytes that should be UTF-8 and need not be, as names and variables of the system.</summary>
public static class ByteText
{
    private const int Escape = 0xDC00;

    /// <summary>The bytes for people; those that are not UTF-8 are shown as <c>\xe9</c>.</summary>
    /// <remarks>Different bytes have different texts, unless a name has a backslash of its own.</remarks>
    public static string Show(ReadOnlySpan<byte> bytes) =>
        SingleLine.Of(TextOf(bytes, invalid => string.Create(CultureInfo.InvariantCulture, $@"\x{invalid:x2}")));

    /// <summary>A text that keeps the bytes, for <see cref="Encode"/>.</summary>
    /// <remarks>
    /// A byte that is not UTF-8 is a lone surrogate, U+DC80 to U+DCFF, as in the <c>surrogateescape</c> of Python. No valid text holds one.
    /// </remarks>
    public static string Decode(ReadOnlySpan<byte> bytes) => TextOf(bytes, invalid => ((char)(Escape + invalid)).ToString());

    /// <summary>The bytes of a text.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (text.AsSpan().IndexOfAnyInRange((char)(Escape + 0x80), (char)(Escape + 0xFF)) < 0)
            return bytes;

        var output = new ArrayBufferWriter<byte>(text.Length * 3);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            if (status is OperationStatus.Done)
                output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
            else
                output.Write([rest[0] is >= (char)(Escape + 0x80) and <= (char)(Escape + 0xFF) ? (byte)(rest[0] - Escape) : (byte)'?']);

            rest = rest[length..];
        }

        return output.WrittenSpan.ToArray();
    }

    private static string TextOf(ReadOnlySpan<byte> bytes, Func<byte, string> invalid)
    {
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
                    _ = text.Append(invalid(one));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }
}
