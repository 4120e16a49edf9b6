using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeeseeksBox.Client;

/// <summary>Serializes request objects to lines.</summary>
internal static class RequestBytes
{
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A line with one request object, without its newline.</summary>
    public static ReadOnlyMemory<byte> Of(JsonObject request)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            writer.WriteStartArray();
            request.WriteTo(writer);
            writer.WriteEndArray();
        }

        return bytes.WrittenMemory;
    }
}
