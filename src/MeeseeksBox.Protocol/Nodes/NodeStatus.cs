using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Nodes;

/// <summary>What is known of a node (the <c>nodes</c> request).</summary>
/// <remarks>
/// Sample: <c>{"online":true,"ts":1795413148.74,"loadavg":0.0,"routing":["node1"],"pools":{"p1":2,"p2":true},"ver":"1.0.0","caps":[]}</c>.
/// </remarks>
public sealed record NodeStatus
{
    // Where a key is missing, the generated reader sets the property to default(T) and not to its initial value: lists must bear null.

    /// <summary>False when nothing was heard of it for the <c>timeout</c>; a status that does not say is of a node that is offline.</summary>
    [JsonPropertyName("online")]
    public bool Online { get; init; } = true;

    /// <summary>When it was true, by the clock of that node, in seconds since 1970.</summary>
    [JsonPropertyName("ts")]
    [JsonConverter(typeof(FiniteNumber))]
    public double Ts { get; init; }

    /// <summary>Its load average over one minute.</summary>
    [JsonPropertyName("loadavg")]
    [JsonConverter(typeof(FiniteNumber))]
    public double Loadavg { get; init; }

    /// <summary>Every node that it can reach, itself included.</summary>
    [JsonPropertyName("routing")]
    public string[] Routing { get; init => field = value ?? []; } = [];

    /// <summary>Its pools, with all their slots, free or not.</summary>
    [JsonPropertyName("pools")]
    public Dictionary<string, SlotCount> Pools { get; init => field = value ?? []; } = [];

    /// <summary>Its version; null from an old peer.</summary>
    [JsonPropertyName("ver")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ver { get; init; }

    /// <summary>What it can do beyond an old peer; null from one.</summary>
    [JsonPropertyName("caps")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Caps { get; init; }

    /// <summary>The nodes that it is itself connected to, downstream; null from an old peer.</summary>
    [JsonPropertyName("links")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Links { get; init; }

    /// <summary>True when another status says something else than when it was true and how high the load was: something that matters at once.</summary>
    public bool DiffersFrom(NodeStatus other) =>
        Online != other.Online
        || Ver != other.Ver
        || !Routing.AsSpan().SequenceEqual(other.Routing)
        || !Caps.AsSpan().SequenceEqual(other.Caps)
        || !Links.AsSpan().SequenceEqual(other.Links)
        || Pools.Count != other.Pools.Count
        || Pools.Any(pool => !other.Pools.TryGetValue(pool.Key, out var slots) || slots != pool.Value);

    /// <summary>Reads what a peer tells of a node.</summary>
    /// <param name="value">Whatever stands in the place of the status.</param>
    /// <param name="status">The status.</param>
    /// <param name="problem">What is wrong, when the answer is false; names the key.</param>
    public static bool TryRead(JsonElement value, [NotNullWhen(true)] out NodeStatus? status, [NotNullWhen(false)] out string? problem)
    {
        status = null;
        problem = value.ValueKind is not JsonValueKind.Object ? $"{LenientJson.Show(value)} is not the status of a node"
            : JsonTextValidation.IsValid(value) ? null
            : JsonTextValidation.Problem;
        if (problem is not null)
        {
            return false;
        }

        try
        {
            status = value.Deserialize(WireContext.Default.NodeStatus)!;
        }
        catch (JsonException fault)
        {
            problem = $"{fault.Path?.TrimStart('$', '.')}: not what the status of a node has there";
            return false;
        }

        // The annotations of nullability say nothing of the elements of a list.
        status = status with
        {
            Routing = WithoutNulls(status.Routing),
            Caps = status.Caps is null ? null : WithoutNulls(status.Caps),
            Links = status.Links is null ? null : WithoutNulls(status.Links),
        };
        return true;
    }

    private static string[] WithoutNulls(string?[] texts) => [.. texts.OfType<string>()];
}
