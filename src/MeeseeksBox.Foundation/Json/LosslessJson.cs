using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Foundation.Json;

/// <summary>Reads, compares and copies JSON whose texts may hold bytes that are not UTF-8.</summary>
/// <remarks>
/// Such a byte is the escape <c>\udcff</c>, at which the functions of .NET throw. They do all other work
/// (docs/PROTOCOL.md#bytes-that-are-not-utf-8).
/// </remarks>
#pragma warning disable RS0030 // The only place that calls these functions of .NET.
public static class LosslessJson
{
    /// <summary>The text of a JSON string, in the form of <see cref="ByteText"/>; of any other value, the JSON.</summary>
    public static string Of(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.String)
            return value.GetRawText();

        // Without its quotes. Most texts have no escape.
        var json = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return !json.Contains((byte)'\\') ? Encoding.UTF8.GetString(json)
            : MayHoldBytes(json) ? Unescaped(json)
            : value.GetString()!;
    }

    /// <summary>True for equal values; the order of keys does not count.</summary>
    public static bool AreSame(JsonElement one, JsonElement other)
    {
        if (!MayHoldBytes(JsonMarshal.GetRawUtf8Value(one)) && !MayHoldBytes(JsonMarshal.GetRawUtf8Value(other)))
            return JsonElement.DeepEquals(one, other);

        return one.ValueKind == other.ValueKind && one.ValueKind switch
        {
            JsonValueKind.String => Of(one) == Of(other),
            JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength()
                && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => AreSame(pair.First, pair.Second)),
            JsonValueKind.Object => one.GetPropertyCount() == other.GetPropertyCount()
                && SortedJson.Members(one).Zip(SortedJson.Members(other)).All(pair =>
                    pair.First.Name == pair.Second.Name && AreSame(pair.First.Value, pair.Second.Value)),
            _ => JsonElement.DeepEquals(one, other),
        };
    }

    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        if (!MayHoldBytes(JsonMarshal.GetRawUtf8Value(value)))
        {
            value.WriteTo(writer);
            return;
        }

        if (!SortedJson.TryWriteParts(writer, value, parts => parts.EnumerateObject(), Write))
            writer.WriteStringValue(Of(value));
    }

    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter writer, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items)
                    Write(writer, item);

                writer.WriteEndArray();
                break;
            case JsonValue parsed when parsed.TryGetValue<JsonElement>(out var element):
                Write(writer, element);
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>A value in the form in which a received one is read.</summary>
    public static JsonElement ElementOf(JsonNode? value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonFormat.Compact))
        {
            Write(writer, value);
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    // True for each \udc80 to \udcff, and for few other texts.
    private static bool MayHoldBytes(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf("\\u"u8) is >= 0 and var escape)
        {
            json = json[(escape + 2)..];
            if (json.Length >= 2 && (json[0] | 0x20) is 'd' && (json[1] | 0x20) is 'c')
                return true;
        }

        return false;
    }

    // The JSON was parsed before, so every escape is complete. Each \u is one unit of UTF-16.
    private static string Unescaped(ReadOnlySpan<byte> json)
    {
        var text = new StringBuilder(json.Length);
        while (json.IndexOf((byte)'\\') is >= 0 and var escape)
        {
            _ = text.Append(Encoding.UTF8.GetString(json[..escape]));
            var (unit, length) = json[escape + 1] switch
            {
                (byte)'u' => ((char)ushort.Parse(json.Slice(escape + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture), 6),
                (byte)'b' => ('\b', 2),
                (byte)'f' => ('\f', 2),
                (byte)'n' => ('\n', 2),
                (byte)'r' => ('\r', 2),
                (byte)'t' => ('\t', 2),
                var itself => ((char)itself, 2),
            };
            _ = text.Append(unit);
            json = json[(escape + length)..];
        }

        return text.Append(Encoding.UTF8.GetString(json)).ToString();
    }
}
