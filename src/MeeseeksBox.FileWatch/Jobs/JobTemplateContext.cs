using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>Generated code for JSON, so that nothing is looked up while the program runs.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class JobTemplateContext : JsonSerializerContext;
