using System.Text.Json.Serialization;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Source-generated JSON metadata, which avoids reflection (ahead-of-time compilation).</summary>
[JsonSerializable(typeof(LateAccount))]
internal sealed partial class LateAccountContext : JsonSerializerContext;
