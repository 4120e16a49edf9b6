using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Links;

/// <summary>Writes a <see cref="PeerMessage"/> as a line of JSON (docs/PROTOCOL.md#how-nodes-sync).</summary>
internal static class PeerMessageWriter
{
    /// <summary>Writes a message and its line end.</summary>
    public static void Write(IBufferWriter<byte> output, PeerMessage message)
    {
        using var json = new Utf8JsonWriter(output, JsonFormat.Compact);
        json.WriteStartArray();
        json.WriteStartObject();
        WriteJobs(json, message.Jobs);
        if (message.IsGreeting)
        {
            WriteSeq(json, "nodes", message.NodesAfter);
            WriteSeq(json, "get", message.JobsAfter);
        }
        else
        {
            WriteIds(json, message.JobIds);
            WriteSeq(json, "get", message.JobsAfter);
            WriteSeq(json, "nodes", message.NodesAfter);
        }

        if (message.Wait is { } wait)
            json.WriteNumber("wait", wait);

        WriteOptions(json, message);
        json.WriteEndObject();
        json.WriteEndArray();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WriteOptions(Utf8JsonWriter json, PeerMessage message)
    {
        if (message is { AcceptsLease: null, Limit: null, Cycle: [] })
            return;

        json.WriteStartObject("options");
        if (message.AcceptsLease is { } acceptsLease)
            json.WriteBoolean("lease", acceptsLease);

        if (message.Limit is { } limit)
            json.WriteNumber("limit", limit);

        if (message.AcceptsSame)
            json.WriteBoolean("same", true);

        if (message.Cycle is not [])
            WriteTexts(json, "cycle", message.Cycle);

        json.WriteEndObject();
    }

    private static void WriteJobs(Utf8JsonWriter json, IReadOnlyList<Job>? jobs)
    {
        if (jobs is null)
            return;

        json.WriteStartObject("sync");
        foreach (var job in jobs)
        {
            json.WritePropertyName(job.Id);
            JobAttributes.Write(json, job);
        }

        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, IReadOnlyList<string>? ids)
    {
        if (ids is null)
            return;

        json.WriteStartObject("get");
        WriteTexts(json, "ids", ids);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);

        json.WriteEndArray();
    }

    private static void WriteSeq(Utf8JsonWriter json, string request, long? seq)
    {
        if (seq is { } number)
        {
            json.WriteStartObject(request);
            json.WriteNumber("seq", number);
            json.WriteEndObject();
        }
    }
}
