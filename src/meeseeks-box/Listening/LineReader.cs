using System.Buffers;
using System.IO.Pipelines;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Cuts a stream of bytes into lines, up to a greatest length. No byte is looked at twice, however slowly a line comes.</summary>
internal sealed class LineReader(PipeReader input, long longest)
{
    private ReadOnlySequence<byte> _buffer;
    private long _scanned;
    private bool _inputEnded;
    private bool _holdsBuffer;

    /// <summary>True when the next line has come already, or a part of it: there is no need to send answers off before it is handled.</summary>
    public bool HasLine => _buffer.Slice(_scanned).PositionOf((byte)'\n') is not null;

    /// <summary>The next line, without its end; valid until the next call.</summary>
    public async ValueTask<LineResult> ReadAsync(CancellationToken stop)
    {
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
            {
                return LineResult.TooLong;
            }

            if (_inputEnded)
            {
                // What people pipe into nc may lack its last newline.
                var rest = _buffer;
                _buffer = default;
                _scanned = 0;
                return rest.IsEmpty ? LineResult.End : LineResult.Of(WithoutReturn(rest));
            }

            if (_holdsBuffer)
            {
                input.AdvanceTo(_buffer.Start, _buffer.End);
            }

            var result = await input.ReadAsync(stop);
            _buffer = result.Buffer;
            _inputEnded = result.IsCompleted;
            _holdsBuffer = true;
        }
    }

    /// <summary>Takes what still comes and throws it away, so that an answer is not lost in a reset of the connection.</summary>
    public async Task DiscardAsync(CancellationToken stop)
    {
        while (true)
        {
            input.AdvanceTo(_buffer.End);
            var result = await input.ReadAsync(stop);
            _buffer = result.Buffer;
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private static ReadOnlySequence<byte> WithoutReturn(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
        {
            return line;
        }

        var last = line.Slice(line.Length - 1);
        return last.FirstSpan[0] is (byte)'\r' ? line.Slice(0, line.Length - 1) : line;
    }
}
