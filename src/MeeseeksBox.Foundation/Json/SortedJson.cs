using System.Text.Json;

namespace MeeseeksBox.Foundation.Json;

/// <summary>Writes JSON sorted by key, at every depth.</summary>
public static class SortedJson
{
    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        if (!TryWriteParts(writer, value, Members, Write))
            LosslessJson.Write(writer, value);
    }

    /// <summary>The members of an object by key. A key may be there twice.</summary>
    internal static IEnumerable<JsonProperty> Members(JsonElement value) =>
        value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal);

    /// <summary>Writes an object or a list part by part; false for any other value.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="value">The value.</param>
    /// <param name="members">The members of an object, in the order in which they are written.</param>
    /// <param name="write">Writes a part.</param>
    internal static bool TryWriteParts(
        Utf8JsonWriter writer,
        JsonElement value,
        Func<JsonElement, IEnumerable<JsonProperty>> members,
        Action<Utf8JsonWriter, JsonElement> write)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in members(value))
                {
                    writer.WritePropertyName(property.Name);
                    write(writer, property.Value);
                }

                writer.WriteEndObject();
                return true;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    write(writer, item);
                writer.WriteEndArray();
                return true;
            default:
                return false;
        }
    }
}
