using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Nodes;

/// <summary>Converts finite numbers only: one that overflows (<c>1e999</c>) becomes infinite and cannot be written.</summary>
internal sealed class FiniteNumber : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new JsonException("must be a finite number");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
