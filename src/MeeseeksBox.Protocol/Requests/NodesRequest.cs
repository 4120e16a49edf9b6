using System.Text.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"nodes":{}}</c>: the nodes that this node knows of; <c>{"nodes":{"seq":4}}</c>: what is new of them.</summary>
/// <param name="Seq">The number of change after which it is new, 0 for all; null from who knows of no such numbers.</param>
public sealed record NodesRequest(long? Seq) : Request
{
    internal static long? SeqIn(JsonElement argument) =>
        argument.ValueKind is JsonValueKind.Object && argument.TryGetProperty("seq", out var value)
        && LenientJson.TryNumber(value, out var seq) && seq is >= 0 and < long.MaxValue
            ? (long)seq
            : null;
}
