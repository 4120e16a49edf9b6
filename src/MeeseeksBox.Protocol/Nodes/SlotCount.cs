using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Nodes;

/// <summary>How many slots a pool has or has free: a number, or no limit (<c>true</c> on the wire). -1 slots: the pool is draining.</summary>
/// <param name="Limit">The number; null without limit.</param>
[JsonConverter(typeof(SlotCountConverter))]
public readonly record struct SlotCount(int? Limit)
{
    /// <summary>Without limit.</summary>
    public static SlotCount Unlimited => new(null);

    /// <summary>True when nothing new is to be given to the pool.</summary>
    [JsonIgnore]
    public bool IsDraining => Limit < 0;

    /// <summary>What a pool with so many slots in its configuration (0: no limit, -1: draining) offers.</summary>
    public static SlotCount Of(int slots) => slots is 0 ? Unlimited : new(Math.Max(slots, -1));

    internal sealed class SlotCountConverter : JsonConverter<SlotCount>
    {
        // Null stands for "no limit", too.
        public override bool HandleNull => true;

        public override SlotCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
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
