using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeeseeksBox.Foundation.Json;

/// <summary>The forms of all JSON that the programs write.</summary>
public static class JsonFormat
{
    /// <summary>The escapes of texts; also for a serializer.</summary>
    public static readonly JavaScriptEncoder Encoder = new ByteEscapingEncoder();

    /// <summary>One line, for the wire and for files.</summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = Encoder, SkipValidation = true };

    /// <summary>For people: indented by 4.</summary>
    public static readonly JsonWriterOptions Indented = Compact with { Indented = true, IndentSize = 4, NewLine = "\n" };
}
