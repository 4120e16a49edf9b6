using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Client;

/// <summary>Serializes request objects to lines.</summary>
internal static class RequestBytes
{
    /// <summary>A line with a request for output, without its newline.</summary>
    public static ReadOnlyMemory<byte> Of(TailRequest request, TimeSpan wait)
    {
        var bytes = new ArrayBufferWriter<byte>();
        request.WriteLine(bytes, wait);
        return bytes.WrittenMemory;
    }

    /// <summary>A line with one request object, without its newline.</summary>
    public static ReadOnlyMemory<byte> Of(JsonObject request)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonFormat.Compact))
        {
            writer.WriteStartArray();
            LosslessJson.Write(writer, request);
            writer.WriteEndArray();
        }

        return bytes.WrittenMemory;
    }
}
