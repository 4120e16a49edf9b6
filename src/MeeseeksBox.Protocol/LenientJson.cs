using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol;

/// <summary>Reads values in loose forms, as people and legacy peers write them (docs/SPECIFICATION.md#numbers-and-booleans).</summary>
/// <remarks><c>1</c>, <c>"1"</c> and <c>true</c> are the same boolean, and a number may be in quotes.</remarks>
public static class LenientJson
{
    /// <summary>Reads a boolean: true/false, 1/0, "1"/"0", "true"/"false"; null is false.</summary>
    public static bool TryBoolean(JsonElement value, out bool result)
    {
        (var known, result) = value.ValueKind switch
        {
            JsonValueKind.True => (true, true),
            JsonValueKind.False or JsonValueKind.Null => (true, false),
            JsonValueKind.Number => (value.TryGetDouble(out var number) && number is 0 or 1, number is 1),
            JsonValueKind.String => LosslessJson.Of(value) switch
            {
                "1" or "true" => (true, true),
                "0" or "false" or "" => (true, false),
                _ => (false, false),
            },
            _ => (false, false),
        };
        return known;
    }

    /// <summary>Reads a finite number, in quotes or not.</summary>
    public static bool TryNumber(JsonElement value, out double result)
    {
        result = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out result) && double.IsFinite(result),
            JsonValueKind.String => double.TryParse(LosslessJson.Of(value), NumberStyles.Float, CultureInfo.InvariantCulture, out result)
                && double.IsFinite(result),
            _ => false,
        };
    }

    /// <summary>Reads a whole number in the range of <see cref="int"/>, in quotes or not; <c>3.0</c> is whole.</summary>
    public static bool TryInt32(JsonElement value, out int result)
    {
        var whole = TryNumber(value, out var number) && number is >= int.MinValue and <= int.MaxValue && number == Math.Truncate(number);
        result = whole ? (int)number : 0;
        return whole;
    }

    /// <summary>Reads a text; a number becomes the text that was written.</summary>
    public static bool TryString(JsonElement value, out string result)
    {
        result = value.ValueKind switch
        {
            JsonValueKind.String => LosslessJson.Of(value),
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number;
    }

    /// <summary>Reads a list of texts, or one text as a list of one.</summary>
    /// <remarks>Null elements are omitted: legacy peers send <c>[null]</c> for no tags.</remarks>
    public static bool TryStrings(JsonElement value, out string[] result)
    {
        result = [];
        if (TryString(value, out var single))
        {
            result = [single];
            return true;
        }

        if (value.ValueKind is not JsonValueKind.Array)
            return false;

        var texts = new List<string>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray())
        {
            if (TryString(element, out var text))
                texts.Add(text);
            else if (element.ValueKind is not JsonValueKind.Null)
                return false;
        }

        result = [.. texts];
        return true;
    }

    /// <summary>The normal form of a value, so that equal values have equal texts; null for null.</summary>
    public static string? Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.String => LosslessJson.Of(value),
        JsonValueKind.Number when value.TryGetDouble(out var number) => Canonical(number),
        _ => value.GetRawText(),
    };

    /// <summary>The normal form of a number, as in <see cref="Canonical(JsonElement)"/>.</summary>
    public static string Canonical(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The value for a message: shortened, on one line.</summary>
    public static string Show(JsonElement value)
    {
        var text = value.ValueKind is JsonValueKind.String && JsonTextValidation.IsValid(value) ? $"'{LosslessJson.Of(value)}'"
            : Beginning(JsonMarshal.GetRawUtf8Value(value));
        text = text.ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : $"{text[..(char.IsHighSurrogate(text[56]) ? 56 : 57)]}...";
    }

    // More bytes than a message shows, but not a copy of a long line.
    private static string Beginning(ReadOnlySpan<byte> json) => Encoding.UTF8.GetString(json[..Math.Min(json.Length, 256)]);
}
