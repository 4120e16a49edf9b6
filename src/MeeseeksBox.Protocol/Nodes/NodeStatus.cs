using System.Text.Json.Serialization;

namespace MeeseeksBox.Protocol.Nodes;

/// <summary>What is known of a node (the <c>nodes</c> request).</summary>
/// <remarks>
/// Sample: <c>{"online":true,"ts":1795413148.74,"loadavg":0.0,"routing":["node1"],"pools":{"p1":2,"p2":true},"ver":"1.0.0","caps":[]}</c>.
/// </remarks>
public sealed record NodeStatus
{
    /// <summary>False when nothing was heard of it for the <c>timeout</c>.</summary>
    [JsonPropertyName("online")]
    public bool Online { get; init; } = true;

    /// <summary>When it was true, by the clock of that node, in seconds since 1970.</summary>
    [JsonPropertyName("ts")]
    public double Ts { get; init; }

    /// <summary>Its load average over one minute.</summary>
    [JsonPropertyName("loadavg")]
    public double Loadavg { get; init; }

    /// <summary>Every node that it can reach, itself included.</summary>
    [JsonPropertyName("routing")]
    public string[] Routing { get; init; } = [];

    /// <summary>Its pools, with all their slots, free or not.</summary>
    [JsonPropertyName("pools")]
    public Dictionary<string, SlotCount> Pools { get; init; } = [];

    /// <summary>Its version; null from an old peer.</summary>
    [JsonPropertyName("ver")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ver { get; init; }

    /// <summary>What it can do beyond an old peer; null from one.</summary>
    [JsonPropertyName("caps")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Caps { get; init; }
}
