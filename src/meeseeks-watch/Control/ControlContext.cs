using System.Text.Json.Serialization;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.WatchAgent.Control;

/// <summary>Source-generated JSON metadata, which avoids reflection (ahead-of-time compilation).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlResponse))]
[JsonSerializable(typeof(List<WatcherStatus>))]
internal sealed partial class ControlContext : JsonSerializerContext;
