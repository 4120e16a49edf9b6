using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Network;

/// <summary>Counts the traffic. Optionally writes and reads all jobs and statuses as text, as a real connection does.</summary>
/// <param name="isText">True to write them at the sender, which counts their bytes, and to deliver what the receiver reads.</param>
internal sealed class Wire(bool isText)
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The number of lines sent: requests and replies.</summary>
    public long Lines { get; private set; }

    /// <summary>The number of copies of jobs in those lines.</summary>
    public long Jobs { get; private set; }

    /// <summary>The size of those copies in bytes.</summary>
    public long JobBytes { get; private set; }

    /// <summary>The size of the statuses of nodes in bytes.</summary>
    public long NodeBytes { get; private set; }

    public PeerMessage Carry(PeerMessage message, ProcessorMeter from, ProcessorMeter to)
    {
        Lines++;
        return message.Jobs is null ? message : message with { Jobs = Carry(message.Jobs, from, to) };
    }

    public PeerReply Carry(PeerReply reply, ProcessorMeter from, ProcessorMeter to)
    {
        Lines++;
        return reply with
        {
            Jobs = reply.Jobs is null ? null : Carry(reply.Jobs, from, to),
            Nodes = reply.Nodes is null || !isText ? reply.Nodes : Carry(reply.Nodes, from, to),
        };
    }

    private IReadOnlyList<Job> Carry(IReadOnlyList<Job> jobs, ProcessorMeter from, ProcessorMeter to)
    {
        Jobs += jobs.Count;
        return isText ? [.. jobs.Select(job => Carry(job, from, to))] : jobs;
    }

    private Job Carry(Job job, ProcessorMeter from, ProcessorMeter to)
    {
        JobBytes += Write(json => JobAttributes.Write(json, job), from);
        using (to.Measure())
        {
            using var document = JsonDocument.Parse(_buffer.WrittenMemory);
            return JobAttributes.TryRead(document.RootElement, out var read, out var problem)
                ? read
                : throw new InvalidOperationException(problem);
        }
    }

    private Dictionary<string, NodeStatus> Carry(IReadOnlyDictionary<string, NodeStatus> nodes, ProcessorMeter from, ProcessorMeter to)
    {
        var statuses = nodes.ToDictionary();
        NodeBytes += Write(
            json => JsonSerializer.Serialize(json, statuses, WireContext.Default.DictionaryStringNodeStatus), from);
        using (to.Measure())
        {
            using var document = JsonDocument.Parse(_buffer.WrittenMemory);
            return document.RootElement.EnumerateObject().ToDictionary(
                node => node.Name,
                node => NodeStatus.TryRead(node.Value, out var status, out var problem)
                    ? status
                    : throw new InvalidOperationException(problem));
        }
    }

    private int Write(Action<Utf8JsonWriter> write, ProcessorMeter from)
    {
        using (from.Measure())
        {
            _buffer.ResetWrittenCount();
            using var json = new Utf8JsonWriter(_buffer, Options);
            write(json);
        }

        return _buffer.WrittenCount;
    }
}
