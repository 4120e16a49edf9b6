using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"nodes":{}}</c>: returns the status of all known nodes, or its changes after <c>seq</c>.</summary>
/// <param name="Seq">The cursor, 0 for all nodes; null from a client that does not support cursors.</param>
public sealed record NodesRequest(long? Seq) : Request
{
    internal static long? SeqIn(JsonElement argument) =>
        argument.ValueKind is JsonValueKind.Object && argument.TryGetProperty("seq", out var value)
        && LenientJson.TryNumber(value, out var seq) && seq is >= 0 and < long.MaxValue
            ? (long)seq
            : null;
}
