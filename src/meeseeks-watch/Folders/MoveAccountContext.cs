using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Source-generated JSON metadata, which avoids reflection (ahead-of-time compilation).</summary>
[JsonSerializable(typeof(MoveAccount))]
internal sealed partial class MoveAccountContext : JsonSerializerContext
{
    /// <summary>With the bytes of names that are not UTF-8.</summary>
    public static MoveAccountContext Lossless { get; } =
        new(new JsonSerializerOptions { Encoder = JsonFormat.Encoder, Converters = { new LosslessText() } });
}
