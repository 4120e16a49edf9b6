using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MeeseeksBox.FileWatch.Templates;

/// <summary>Source-generated JSON metadata, which avoids reflection (ahead-of-time compilation).</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class JobTemplateContext : JsonSerializerContext;
