using System.Text.Json.Serialization;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Protocol;

/// <summary>The source-generated JSON serializer of the wire types.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(Dictionary<string, NodeStatus>))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, SlotCount>>))]
public sealed partial class WireContext : JsonSerializerContext;
