using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Checks and copies values that a job keeps unchanged.</summary>
/// <remarks>A job is sent to other nodes, so all of them must be able to read its values.</remarks>
internal static class OpaqueValue
{
    /// <summary>Describes a valid value, after "an object" or similar.</summary>
    public const string Expected = "nested at most 60 levels deep, with finite numbers only";

    /// <summary>The maximum nesting of lists and objects in a value.</summary>
    public const int DepthLimit = 60;

    /// <summary>Copies a value; false when it cannot be sent to other nodes.</summary>
    public static bool TryKeep(JsonElement value, out JsonElement kept)
    {
        var travels = IsTransportable(value, DepthLimit);
        kept = travels ? value.Clone() : default;
        return travels;
    }

    // Legacy peers read a number that overflows as infinite, and then send a line that is not JSON.
    private static bool IsTransportable(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object => depth > 0 && value.EnumerateObject().All(property => IsTransportable(property.Value, depth - 1)),
        JsonValueKind.Array => depth > 0 && value.EnumerateArray().All(element => IsTransportable(element, depth - 1)),
        JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number),
        _ => true,
    };
}
