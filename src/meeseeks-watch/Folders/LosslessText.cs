using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A text with bytes that are not UTF-8 in the JSON of a serializer.</summary>
internal sealed class LosslessText : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String ? LosslessJson.Of(JsonElement.ParseValue(ref reader)) : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
