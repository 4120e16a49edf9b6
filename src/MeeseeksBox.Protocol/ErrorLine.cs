using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol;

/// <summary>A complete answer with nothing but an error: <c>[{"error":"…","code":"…"}]</c>.</summary>
public static class ErrorLine
{
    /// <summary>Creates the line, including its newline.</summary>
    /// <param name="error">The text for people.</param>
    /// <param name="code">One of <see cref="ErrorCode"/>.</param>
    public static byte[] Of(string error, string code)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, JsonFormat.Compact))
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
