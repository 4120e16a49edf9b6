using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Foundation.Json;

/// <summary>Writes a byte that is not UTF-8 as <c>\udcff</c> (docs/PROTOCOL.md#bytes-that-are-not-utf-8).</summary>
/// <remarks>The output is never part of a web page, so non-ASCII texts and HTML characters stay readable.</remarks>
internal sealed class ByteEscapingEncoder : JavaScriptEncoder
{
    private static readonly JavaScriptEncoder Plain = UnsafeRelaxedJsonEscaping;

    // \u and four digits.
    private const int EscapeLength = 6;

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => Plain.MaxOutputCharactersPerInputCharacter;

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) => Plain.FindFirstCharacterToEncode(text, textLength);

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => Plain.FindFirstCharacterToEncodeUtf8(utf8Text);

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => Plain.WillEncode(unicodeScalar);

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Plain.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    /// <inheritdoc/>
    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true) =>
        Plain.EncodeUtf8(utf8Source, utf8Destination, out bytesConsumed, out bytesWritten, isFinalBlock);

    /// <inheritdoc/>
    public override OperationStatus Encode(
        ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        (charsConsumed, charsWritten) = (0, 0);
        while (true)
        {
            var rest = source[charsConsumed..];
            var index = ByteText.IndexOfByte(rest);
            var plain = index < 0 ? rest : rest[..index];
            var isLast = isFinalBlock || index >= 0;
            var status = Plain.Encode(plain, destination[charsWritten..], out var consumed, out var written, isLast);
            charsConsumed += consumed;
            charsWritten += written;
            if (status is not OperationStatus.Done || index < 0)
                return status;
            if (!destination[charsWritten..].TryWrite(CultureInfo.InvariantCulture, $@"\u{(int)rest[index]:x4}", out _))
                return OperationStatus.DestinationTooSmall;

            charsConsumed++;
            charsWritten += EscapeLength;
        }
    }
}
