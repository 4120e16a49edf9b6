using System.Buffers;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Reads one output stream of a process to its end, for the attributes of its job.</summary>
internal sealed class CapturedStream
{
    // Size of the buffer that a waiting read holds: small, because most jobs print little and run long. A full read grows it.
    private const int SmallRead = 1024;
    private const int LargeRead = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly Stream _stream;
    private OutputBuffer? _kept;

    /// <summary>Starts to read.</summary>
    /// <param name="name">Prefix of the attributes of the job: <c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="stream">The stream, which is closed at its end.</param>
    /// <param name="limit">Number of bytes that are kept.</param>
    public CapturedStream(string name, Stream stream, int limit)
    {
        _name = name;
        _stream = stream;
        _kept = new OutputBuffer(limit);
        Closed = ReadAsync();
    }

    /// <summary>Completes when all processes have closed their end of the stream.</summary>
    public Task Closed { get; }

    /// <summary>Reports the output so far. Later output is read and dropped, so that a process that still prints does not block.</summary>
    public void Report(IJobRun run)
    {
        OutputBuffer kept;
        lock (_lock)
        {
            if (_kept is null)
                return;

            kept = _kept;
            _kept = null;
        }

        if (!kept.IsEmpty)
            run.Report($"{_name}_data", kept.ToBase64());
        if (kept.IsTruncated)
            run.Report($"{_name}_truncated", true);
    }

    private async Task ReadAsync()
    {
        var bytes = ArrayPool<byte>.Shared.Rent(SmallRead);
        await using (_stream)
        {
            for (var count = -1; count != 0;)
            {
                count = await _stream.ReadAsync(bytes);
                Keep(bytes.AsSpan(0, count));
                if (count == bytes.Length && count < LargeRead)
                {
                    ArrayPool<byte>.Shared.Return(bytes);
                    bytes = ArrayPool<byte>.Shared.Rent(LargeRead);
                }
            }
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Keep(ReadOnlySpan<byte> printed)
    {
        lock (_lock)
            _kept?.Append(printed);
    }
}
