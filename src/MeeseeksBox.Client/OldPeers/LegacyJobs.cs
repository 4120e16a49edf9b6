using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>Reads jobs of a legacy node: requests all that may match and selects among them.</summary>
internal static class LegacyJobs
{
    /// <summary>Returns the jobs of a selection.</summary>
    /// <param name="selection">The jobs to return.</param>
    /// <param name="send">Sends a request object to the node.</param>
    public static async Task<IReadOnlyList<ReceivedJob>> GetAsync(JobSelection selection, Func<JsonObject, Task<Response>> send)
    {
        var choice = new LegacySelection(selection);
        var response = await send(Request(choice.Filter));
        if (response["get"].ValueKind is JsonValueKind.Null && choice.Filter.Remove("tag"))
        {
            // A legacy node cannot match a tag while any of its jobs has no list of tags.
            response = await send(Request(choice.Filter));
        }

        var jobs = new List<ReceivedJob>();
        foreach (var (id, json) in response.MembersOf("get"))
        {
            if (Response.ReadJob(json.Span, id) is { } job && choice.Matches(job))
                jobs.Add(new ReceivedJob(id, json, job));
        }

        return jobs;
    }

    /// <summary>Jobs as one JSON object by id.</summary>
    public static JsonElement ToJson(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> jobs)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonFormat.Compact))
        {
            writer.WriteStartObject();
            foreach (var (id, json) in jobs)
            {
                writer.WritePropertyName(id);
                writer.WriteRawValue(json.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static JsonObject Request(JsonObject filter) => new() { ["get"] = filter.DeepClone() };
}
