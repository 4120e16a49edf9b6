using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Foundation.Tasks;

namespace MeeseeksBox.Protocol.Lines;

/// <summary>Splits a stream of bytes into lines of a maximum length.</summary>
/// <remarks>Each byte is scanned once, even if a line arrives slowly.</remarks>
public sealed class LineReader(PipeReader input, long longest) : ILineLookahead
{
    private ReadOnlySequence<byte> _buffer;
    private long _scanned;
    private bool _inputEnded;
    private bool _holdsBuffer;
    private CancellationToken _stop;
    private Task? _nextLine;

    /// <summary>True when the next line has arrived.</summary>
    /// <remarks>Answers can then wait for one common flush.</remarks>
    public bool HasLine => OwnsBuffer && HoldsLine;

    /// <inheritdoc/>
    public bool IsNextAvailable => OwnsBuffer && (HoldsLine || _inputEnded);

    // During a read, the buffer belongs to the pipe.
    private bool OwnsBuffer => _nextLine is null or { IsCompletedSuccessfully: true };

    private bool HoldsLine => _buffer.Slice(_scanned).PositionOf((byte)'\n') is not null;

    /// <inheritdoc/>
    public Task WaitForNextAsync() => _nextLine = FillAsync();

    /// <summary>Reads the next line, without its newline; valid until the next call.</summary>
    public async ValueTask<LineResult> ReadAsync(CancellationToken stop)
    {
        _stop = stop;
        if (_nextLine is not null)
        {
            await _nextLine;
            _nextLine = null;
        }

        while (true)
        {
            if (_buffer.Slice(_scanned).PositionOf((byte)'\n') is { } end)
            {
                var line = _buffer.Slice(0, end);
                _buffer = _buffer.Slice(_buffer.GetPosition(1, end));
                _scanned = 0;
                return line.Length > longest ? LineResult.TooLong : LineResult.Of(WithoutReturn(line));
            }

            _scanned = _buffer.Length;
            if (_scanned > longest)
                return LineResult.TooLong;

            if (_inputEnded)
            {
                // Input that is piped into nc may lack the last newline.
                var rest = _buffer;
                _buffer = default;
                _scanned = 0;
                return rest.IsEmpty ? LineResult.End : LineResult.Of(WithoutReturn(rest), isLast: true);
            }

            await ReadMoreAsync(stop);
        }
    }

    /// <summary>Cancels a pending read and completes the input.</summary>
    public async Task EndAsync()
    {
        if (_nextLine is not null)
        {
            input.CancelPendingRead();
            await _nextLine.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await input.CompleteAsync();
    }

    /// <summary>Discards the remaining input.</summary>
    /// <remarks>Closing a connection with unread input would reset it, and the peer could lose an answer.</remarks>
    public async Task DiscardAsync(CancellationToken stop)
    {
        while (true)
        {
            input.AdvanceTo(_buffer.End);
            var result = await input.ReadAsync(stop);
            _buffer = result.Buffer;
            if (result.IsCompleted)
                return;
        }
    }

    // Reads until there is a complete line, the end, or too long a line, which the next ReadAsync returns.
    private async Task FillAsync()
    {
        try
        {
            while (!HoldsLine && !_inputEnded && _buffer.Length <= longest)
            {
                _scanned = _buffer.Length;
                if (await ReadMoreAsync(_stop))
                    return;
            }
        }
        finally
        {
            // What waits for the line may take long.
            await PoolThread.EnterAsync();
        }
    }

    // True when EndAsync cancelled the read.
    private async ValueTask<bool> ReadMoreAsync(CancellationToken stop)
    {
        if (_holdsBuffer)
            input.AdvanceTo(_buffer.Start, _buffer.End);

        var result = await input.ReadAsync(stop);
        _buffer = result.Buffer;
        _inputEnded = result.IsCompleted;
        _holdsBuffer = true;
        return result.IsCanceled;
    }

    private static ReadOnlySequence<byte> WithoutReturn(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
            return line;

        var last = line.Slice(line.Length - 1);
        return last.FirstSpan[0] is (byte)'\r' ? line.Slice(0, line.Length - 1) : line;
    }
}
