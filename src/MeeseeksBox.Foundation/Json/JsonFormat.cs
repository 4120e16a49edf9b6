using System.Text.Encodings.Web;
using System.Text.Json;

namespace MeeseeksBox.Foundation.Json;

/// <summary>The forms of all JSON that the programs write.</summary>
/// <remarks>The output is never part of a web page, so non-ASCII texts and HTML characters stay readable.</remarks>
public static class JsonFormat
{
    /// <summary>One line, for the wire and for files.</summary>
    public static readonly JsonWriterOptions Compact =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>For people: indented by 4.</summary>
    public static readonly JsonWriterOptions Indented = Compact with { Indented = true, IndentSize = 4, NewLine = "\n" };
}
