using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Nodes;

/// <summary>The status of a node, as in an answer to <c>nodes</c>.</summary>
/// <remarks>
/// Sample: <c>{"online":true,"ts":1795413148.74,"loadavg":0.0,"routing":["node1"],"pools":{"p1":2,"p2":true},"ver":"1.0.0","caps":[]}</c>.
/// </remarks>
public sealed record NodeStatus
{
    /// <summary>The capability to hold an answer until there are changes.</summary>
    public const string WaitCapability = "wait";

    /// <summary>The capability to vouch for all live jobs of the node by its status, without a report for each job.</summary>
    public const string LeaseCapability = "lease";

    /// <summary>The capability to show output of a job while it runs.</summary>
    public const string TailCapability = "tail";

    /// <summary>The capability to send signals to the processes of jobs.</summary>
    public const string SignalCapability = "signal";

    /// <summary>The capability to suspend jobs.</summary>
    public const string SuspendCapability = "suspend";

    // For a missing key, the generated reader sets the property to default(T), not to its initial value: lists must accept null.

    /// <summary>False when the node has not reported for <c>state.timeout</c>, or when the key is missing.</summary>
    [JsonPropertyName("online")]
    public bool Online { get; init; } = true;

    /// <summary>The time of the report, by the clock of that node, in seconds since 1970.</summary>
    [JsonPropertyName("ts")]
    [JsonConverter(typeof(FiniteNumber))]
    public double Ts { get; init; }

    /// <summary>The load average over one minute.</summary>
    [JsonPropertyName("loadavg")]
    [JsonConverter(typeof(FiniteNumber))]
    public double Loadavg { get; init; }

    /// <summary>All nodes that it can reach, including itself.</summary>
    [JsonPropertyName("routing")]
    public string[] Routing { get; init => field = value ?? []; } = [];

    /// <summary>The pools with all their slots, free or not.</summary>
    [JsonPropertyName("pools")]
    public Dictionary<string, SlotCount> Pools { get; init => field = value ?? []; } = [];

    /// <summary>The version; null from a legacy node.</summary>
    [JsonPropertyName("ver")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ver { get; init; }

    /// <summary>The capabilities beyond the original; null from a legacy node.</summary>
    [JsonPropertyName("caps")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Caps { get; init; }

    /// <summary>The nodes that it is connected to, downstream; null from a legacy node.</summary>
    [JsonPropertyName("links")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Links { get; init; }

    /// <summary>The end of the validity of its own certificates, the earliest of them, in seconds since 1970; null without.</summary>
    [JsonPropertyName("cert_until")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CertUntil { get; init; }

    /// <summary>Tells apart two boxes of one name; null from a legacy node. It is another one after each start.</summary>
    [JsonPropertyName("instance")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Instance { get; init; }

    /// <summary>The longest line that the node accepts, in bytes; null from a legacy node.</summary>
    [JsonPropertyName("max_request")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MaxRequest { get; init; }

    /// <summary>True for a node of the original, which reports no version.</summary>
    [JsonIgnore]
    public bool IsLegacy => Ver is null;

    /// <summary>True when the node vouches for its live jobs: it need not report each of them.</summary>
    [JsonIgnore]
    public bool HasLease => Can(LeaseCapability);

    /// <summary>True when the node shows output of its jobs, and of those below it, while they run.</summary>
    [JsonIgnore]
    public bool HasTail => Can(TailCapability);

    /// <summary>True when the node has a capability.</summary>
    public bool Can(string capability) => Caps?.Contains(capability) is true;

    /// <summary>The status as it counts when a legacy node passes it on: the sender may miss changes of the jobs.</summary>
    public NodeStatus WithoutLease() =>
        HasLease ? this with { Caps = [.. Caps!.Where(capability => capability is not LeaseCapability)] } : this;

    /// <summary>True when another status differs in more than time and load.</summary>
    /// <remarks>Such a change is sent at once.</remarks>
    public bool DiffersFrom(NodeStatus other) =>
        Online != other.Online
        || Ver != other.Ver
        || CertUntil != other.CertUntil
        || Instance != other.Instance
        || MaxRequest != other.MaxRequest
        || !Routing.AsSpan().SequenceEqual(other.Routing)
        || !Caps.AsSpan().SequenceEqual(other.Caps)
        || !Links.AsSpan().SequenceEqual(other.Links)
        || Pools.Count != other.Pools.Count
        || Pools.Any(pool => !other.Pools.TryGetValue(pool.Key, out var slots) || slots != pool.Value);

    /// <summary>Reads the status of a node that a peer sent.</summary>
    /// <param name="value">The value in place of the status.</param>
    /// <param name="status">The status.</param>
    /// <param name="problem">The error, with the name of the key, when the result is false.</param>
    public static bool TryRead(JsonElement value, [NotNullWhen(true)] out NodeStatus? status, [NotNullWhen(false)] out string? problem)
    {
        status = null;
        problem = value.ValueKind is not JsonValueKind.Object ? $"{LenientJson.Show(value)} is not the status of a node"
            : JsonTextValidation.IsValid(value) ? null
            : JsonTextValidation.Problem;
        if (problem is not null)
            return false;

        try
        {
            status = value.Deserialize(WireContext.Default.NodeStatus)!;
        }
        catch (JsonException fault)
        {
            problem = $"{fault.Path?.TrimStart('$', '.')}: invalid value in the status of a node";
            return false;
        }

        // The nullability annotations do not cover the elements of a list.
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
