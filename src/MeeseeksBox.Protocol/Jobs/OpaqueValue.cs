using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Values that a job holds as they came. A job travels to other nodes, so what it holds must be readable by all of them.</summary>
internal static class OpaqueValue
{
    /// <summary>What a right value is, after "an object" or the like.</summary>
    public const string Expected = "nested at most 60 levels deep, with numbers that are finite";

    /// <summary>How deep lists and objects may stand in each other in such a value.</summary>
    public const int DepthLimit = 60;

    /// <summary>Takes a copy that stays valid; false when the value could not be sent on.</summary>
    public static bool TryKeep(JsonElement value, out JsonElement kept)
    {
        var travels = IsTransportable(value, DepthLimit);
        kept = travels ? value.Clone() : default;
        return travels;
    }

    // A number that overflows is infinite to old peers, who then send a line that is not JSON.
    private static bool IsTransportable(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object => depth > 0 && value.EnumerateObject().All(property => IsTransportable(property.Value, depth - 1)),
        JsonValueKind.Array => depth > 0 && value.EnumerateArray().All(element => IsTransportable(element, depth - 1)),
        JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number),
        _ => true,
    };
}
