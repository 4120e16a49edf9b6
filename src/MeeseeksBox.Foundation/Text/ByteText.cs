using System.Globalization;
using System.Text;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Shows bytes that should be UTF-8.</summary>
public static class ByteText
{
    /// <summary>The text of the bytes; those that are not UTF-8 are shown as <c>\xe9</c>.</summary>
    /// <remarks>Different bytes have different texts, unless a name has a backslash of its own.</remarks>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(bytes, out var rune, out var count) is System.Buffers.OperationStatus.Done;
            if (isText)
            {
                _ = text.Append(rune);
            }
            else
            {
                foreach (var one in bytes[..count])
                    _ = text.Append(CultureInfo.InvariantCulture, $@"\x{one:x2}");
            }

            bytes = bytes[count..];
        }

        return SingleLine.Of(text.ToString());
    }
}
