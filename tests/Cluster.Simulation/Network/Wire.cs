using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Network;

/// <summary>What goes over the network, counted; and, where that is wished, written down and read again as in real life.</summary>
/// <param name="isWritten">True to count bytes too, by writing all jobs down.</param>
/// <param name="isRead">True to hand over what was read from what was written.</param>
internal sealed class Wire(bool isWritten, bool isRead)
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Lines sent so far, of requests and answers.</summary>
    public long Lines { get; private set; }

    /// <summary>Copies of jobs in them.</summary>
    public long Jobs { get; private set; }

    /// <summary>Bytes of those copies.</summary>
    public long Bytes { get; private set; }

    public PeerMessage Carry(PeerMessage message)
    {
        Lines++;
        return message.Jobs is null ? message : message with { Jobs = Carry(message.Jobs) };
    }

    public PeerReply Carry(PeerReply reply)
    {
        Lines++;
        return reply.Jobs is null ? reply : reply with { Jobs = Carry(reply.Jobs) };
    }

    private IReadOnlyList<Job> Carry(IReadOnlyList<Job> jobs)
    {
        Jobs += jobs.Count;
        return isWritten ? [.. jobs.Select(Carry)] : jobs;
    }

    private Job Carry(Job job)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Options))
        {
            JobAttributes.Write(json, job);
        }

        Bytes += _buffer.WrittenCount;
        if (!isRead)
        {
            return job;
        }

        using var document = JsonDocument.Parse(_buffer.WrittenMemory);
        return JobAttributes.TryRead(document.RootElement, out var read, out var problem) ? read : throw new InvalidOperationException(problem);
    }
}
