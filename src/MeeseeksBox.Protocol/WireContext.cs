using System.Text.Json.Serialization;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Protocol;

/// <summary>How the types of the wire are read and written, made when the program is built.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(Dictionary<string, NodeStatus>))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, SlotCount>>))]
public sealed partial class WireContext : JsonSerializerContext;
