using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Nodes;

/// <summary>A number of slots, free or in all.</summary>
/// <remarks>-1 means draining; <c>true</c> on the wire means no limit.</remarks>
/// <param name="Limit">The number; null for no limit.</param>
[JsonConverter(typeof(SlotCountConverter))]
public readonly record struct SlotCount(int? Limit)
{
    /// <summary>No limit.</summary>
    public static SlotCount Unlimited => new(null);

    /// <summary>True when the pool accepts no further jobs.</summary>
    [JsonIgnore]
    public bool IsDraining => Limit < 0;

    /// <summary>Converts the setting <c>slots</c> of a pool: 0 means no limit, -1 draining.</summary>
    public static SlotCount Of(int slots) => slots is 0 ? Unlimited : new(Math.Max(slots, -1));

    internal sealed class SlotCountConverter : JsonConverter<SlotCount>
    {
        // Null also means "no limit".
        public override bool HandleNull => true;

        public override SlotCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.True or JsonTokenType.Null => Unlimited,
                JsonTokenType.False => new(0),
                JsonTokenType.Number when reader.TryGetDouble(out var number) => new((int)Math.Clamp(number, -1, int.MaxValue)),
                _ => throw new JsonException("slots must be a number or true"),
            };

        public override void Write(Utf8JsonWriter writer, SlotCount value, JsonSerializerOptions options)
        {
            if (value.Limit is { } limit)
            {
                writer.WriteNumberValue(limit);
            }
            else
            {
                writer.WriteBooleanValue(true);
            }
        }
    }
}
