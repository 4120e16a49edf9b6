using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Foundation.Json;

/// <summary>Checks that all texts of a JSON value are valid Unicode, apart from bytes in values (<see cref="LosslessJson"/>).</summary>
/// <remarks>
/// The parser does not check this: broken UTF-8 and halves of surrogate pairs (<c>"\ud800"</c>) throw only when they are read or,
/// worse, when a stored copy is written.
/// </remarks>
public static class JsonTextValidation
{
    /// <summary>The error for an invalid text.</summary>
    public const string Problem =
        "a text is not valid Unicode: it contains broken UTF-8 or half of a surrogate pair; send complete characters, "
        + @"and a byte that is not UTF-8 as \udc80 to \udcff, which no key may contain";

    /// <summary>True when every text and every name in the value is valid.</summary>
    public static bool IsValid(JsonElement value) => IsValid(JsonMarshal.GetRawUtf8Value(value));

    /// <summary>True when every text and every name is valid.</summary>
    /// <param name="json">A value that was parsed before.</param>
    public static bool IsValid(ReadOnlySpan<byte> json) =>
        Utf8.IsValid(json) && HasWholePairs(json, out var hasBytes) && (!hasBytes || HasUnicodeNames(json));

    /// <summary>True when the name of a property is valid, so that it can be read.</summary>
    public static bool IsValidName(JsonProperty property) => IsValidName(JsonMarshal.GetRawUtf8PropertyName(property));

    private static bool IsValidName(ReadOnlySpan<byte> name) => Utf8.IsValid(name) && HasWholePairs(name, out var hasBytes) && !hasBytes;

    private static bool HasUnicodeNames(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName && HasWholePairs(reader.ValueSpan, out var hasBytes) && hasBytes)
                return false;
        }

        return true;
    }

    private static bool HasWholePairs(ReadOnlySpan<byte> json, out bool hasBytes)
    {
        hasBytes = false;
        while (json.IndexOf((byte)'\\') is >= 0 and var escape)
        {
            json = json[escape..];
            switch (EscapedUnit(json))
            {
                case null:
                    json = json[2..];
                    break;
                case { } unit when char.IsHighSurrogate(unit):
                    if (json.Length < 12 || EscapedUnit(json[6..]) is not { } low || !char.IsLowSurrogate(low))
                        return false;

                    json = json[12..];
                    break;
                case { } unit when char.IsLowSurrogate(unit) && !ByteText.IsByte(unit):
                    return false;
                case var unit:
                    hasBytes |= ByteText.IsByte(unit!.Value);
                    json = json[6..];
                    break;
            }
        }

        return true;
    }

    // The JSON was parsed before, so every escape is complete: \n and the like, or \u and four digits.
    private static char? EscapedUnit(ReadOnlySpan<byte> json) =>
        json[0] is (byte)'\\' && json[1] is (byte)'u' && Utf8Parser.TryParse(json[2..6], out ushort unit, out _, 'x') ? (char)unit : null;
}
