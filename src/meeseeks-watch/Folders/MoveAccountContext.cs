using System.Text.Json.Serialization;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Source-generated JSON metadata, which avoids reflection (ahead-of-time compilation).</summary>
[JsonSerializable(typeof(MoveAccount))]
internal sealed partial class MoveAccountContext : JsonSerializerContext;
