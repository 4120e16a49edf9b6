using System.Text.Json.Serialization;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Source-generated JSON metadata, which avoids reflection (ahead-of-time compilation).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LockOwner))]
internal sealed partial class LockOwnerContext : JsonSerializerContext;
