using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Client;

/// <summary>Serializes request objects to lines.</summary>
internal static class RequestBytes
{
    /// <summary>A line with one request object, without its newline.</summary>
    public static ReadOnlyMemory<byte> Of(JsonObject request)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonFormat.Compact))
        {
            writer.WriteStartArray();
            request.WriteTo(writer);
            writer.WriteEndArray();
        }

        return bytes.WrittenMemory;
    }
}
