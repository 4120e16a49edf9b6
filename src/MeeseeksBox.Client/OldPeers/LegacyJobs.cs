using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>Jobs of an old peer: asks for all that may match, and chooses among them here.</summary>
internal static class LegacyJobs
{
    /// <summary>The jobs of a selection.</summary>
    /// <param name="selection">The selection.</param>
    /// <param name="send">Sends a request object to the peer.</param>
    public static async Task<IReadOnlyList<ReceivedJob>> GetAsync(JobSelection selection, Func<JsonObject, Task<Response>> send)
    {
        var choice = new LegacySelection(selection);
        var response = await send(Request(choice.Filter));
        if (response["get"].ValueKind is JsonValueKind.Null && choice.Filter.Remove("tag"))
        {
            // The peer fails to match a tag while any of its jobs has no list of tags.
            response = await send(Request(choice.Filter));
        }

        var jobs = new List<ReceivedJob>();
        foreach (var (id, json) in response.MembersOf("get"))
        {
            if (Response.ReadJob(json.Span, id) is { } job && choice.Matches(job))
            {
                jobs.Add(new ReceivedJob(id, json, job));
            }
        }

        return jobs;
    }

    /// <summary>Jobs as one object by their ids.</summary>
    public static JsonElement ToJson(IEnumerable<ReceivedJob> jobs)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var job in jobs)
            {
                writer.WritePropertyName(job.Id);
                writer.WriteRawValue(job.Json.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static JsonObject Request(JsonObject filter) => new() { ["get"] = filter.DeepClone() };
}
