using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeeseeksBox.Core.Peers;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Links;

/// <summary>Writes the lines that a link sends (docs/PROTOCOL.md#how-nodes-sync).</summary>
internal static class PeerRequest
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Jobs that changed here, and nothing else: <c>[{"sync":{"a":{…}}}]</c>.</summary>
    public static void WriteSync(IBufferWriter<byte> output, IReadOnlyList<Job> jobs) => Write(output, json => WriteJobs(json, jobs));

    /// <summary>All that the peer knows, which is how a connection begins: <c>[{"nodes":{"seq":0},"get":{"seq":0}}]</c>.</summary>
    public static void WriteGreeting(IBufferWriter<byte> output) => Write(output, json =>
    {
        WriteNumber(json, "nodes", "seq", 0);
        WriteNumber(json, "get", "seq", 0);
    });

    /// <summary>All that is exchanged in a turn: <c>[{"sync":{},"get":{"seq":17},"nodes":{"seq":4},"wait":10}]</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="jobs">Jobs that changed here.</param>
    /// <param name="peer">Up to where the peer has been heard.</param>
    /// <param name="nodes">Whether to ask for the nodes.</param>
    /// <param name="wait">How long the answer may be held back; null: not at all.</param>
    public static void WriteTurn(IBufferWriter<byte> output, IReadOnlyList<Job> jobs, Peer peer, bool nodes, TimeSpan? wait) => Write(output, json =>
    {
        WriteJobs(json, jobs);
        WriteNumber(json, "get", "seq", peer.Seq);
        if (nodes)
        {
            WriteNumber(json, "nodes", "seq", peer.NodesSeq);
        }

        if (wait is { } span)
        {
            json.WriteNumber("wait", span.TotalSeconds);
        }
    });

    /// <summary>Jobs by their ids, and the nodes: <c>[{"sync":{},"get":{"ids":["a"]},"nodes":{"seq":0}}]</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="jobs">Jobs that changed here.</param>
    /// <param name="ids">The ids to ask for.</param>
    /// <param name="peer">Up to where the nodes of the peer are known.</param>
    public static void WriteLookup(
        IBufferWriter<byte> output, IReadOnlyList<Job> jobs, IReadOnlyList<string> ids, Peer peer) => Write(output, json =>
    {
        WriteJobs(json, jobs);
        json.WriteStartObject("get");
        json.WriteStartArray("ids");
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        WriteNumber(json, "nodes", "seq", peer.NodesSeq);
    });

    private static void Write(IBufferWriter<byte> output, Action<Utf8JsonWriter> content)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartArray();
        json.WriteStartObject();
        content(json);
        json.WriteEndObject();
        json.WriteEndArray();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WriteJobs(Utf8JsonWriter json, IReadOnlyList<Job> jobs)
    {
        json.WriteStartObject("sync");
        foreach (var job in jobs)
        {
            json.WritePropertyName(job.Id);
            JobAttributes.Write(json, job);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string request, string name, long number)
    {
        json.WriteStartObject(request);
        json.WriteNumber(name, number);
        json.WriteEndObject();
    }
}
