using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Simulation.Network;

/// <summary>Counts the traffic. Optionally serializes and parses all jobs, as a real connection does.</summary>
/// <param name="isWritten">True to serialize all jobs, which counts their bytes.</param>
/// <param name="isRead">True to deliver the jobs that were parsed from the serialized ones.</param>
internal sealed class Wire(bool isWritten, bool isRead)
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The number of lines sent: requests and replies.</summary>
    public long Lines { get; private set; }

    /// <summary>The number of copies of jobs in those lines.</summary>
    public long Jobs { get; private set; }

    /// <summary>The size of those copies in bytes.</summary>
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
            return job;

        using var document = JsonDocument.Parse(_buffer.WrittenMemory);
        return JobAttributes.TryRead(document.RootElement, out var read, out var problem)
            ? read
            : throw new InvalidOperationException(problem);
    }
}
