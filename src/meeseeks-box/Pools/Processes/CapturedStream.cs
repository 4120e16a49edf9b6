using System.Buffers;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Reads one stream of a process to its end, and reports what was printed to the job.</summary>
internal sealed class CapturedStream
{
    // Most jobs print little and run long: a waiting read ties up this much. One that fills it gets more.
    private const int SmallRead = 1024;
    private const int LargeRead = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly Stream _stream;
    private OutputBuffer? _kept;

    /// <summary>Starts to read.</summary>
    /// <param name="name">What the attributes of the job that tell about it begin with: <c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="stream">The stream; closed when it has been read to its end.</param>
    /// <param name="limit">How many bytes of it are kept.</param>
    public CapturedStream(string name, Stream stream, int limit)
    {
        _name = name;
        _stream = stream;
        _kept = new OutputBuffer(limit);
        Closed = ReadAsync();
    }

    /// <summary>Ends when all who could write to the stream have closed it.</summary>
    public Task Closed { get; }

    /// <summary>Reports what was printed up to now. What comes after is read and dropped, so that who still prints is not disturbed.</summary>
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
