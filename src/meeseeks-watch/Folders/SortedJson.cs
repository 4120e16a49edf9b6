using System.Text.Encodings.Web;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>JSON for people: sorted by key, indented by 4.</summary>
internal static class SortedJson
{
    // The output is not HTML, and file names must stay readable.
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, IndentSize = 4, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A job as JSON; several jobs as an object by their ids.</summary>
    public static byte[] Of(IReadOnlyList<Job> jobs)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            if (jobs is [var job])
                Write(writer, Element(job));
            else
                WriteAll(writer, jobs);
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter writer, IReadOnlyList<Job> jobs)
    {
        writer.WriteStartObject();
        foreach (var job in jobs.OrderBy(job => job.Id, StringComparer.Ordinal))
        {
            writer.WritePropertyName(job.Id);
            Write(writer, Element(job));
        }

        writer.WriteEndObject();
    }

    private static JsonElement Element(Job job)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            JobAttributes.Write(writer, job);
        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
