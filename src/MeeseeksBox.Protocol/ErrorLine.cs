using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeeseeksBox.Protocol;

/// <summary>A whole answer that is nothing but an error: <c>[{"error":"…","code":"…"}]</c>.</summary>
public static class ErrorLine
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, its end included.</summary>
    /// <param name="error">For people.</param>
    /// <param name="code">One of <see cref="ErrorCode"/>.</param>
    public static byte[] Of(string error, string code)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("error", error);
            json.WriteString("code", code);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }
}
