using System.Buffers;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Runner.Loop;

/// <summary>The connection of a box.</summary>
internal sealed unsafe class ControlConnection
{
    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly RunnerLineBuffer _input = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private int _sent;
    private bool _isFlushDue;
    private bool _isBlocked;
    private bool _isClosed;

    public ControlConnection(EventLoop loop, int descriptor)
    {
        _loop = loop;
        _descriptor = descriptor;
        if (!loop.TryWatch(descriptor, Ready))
            Close();
    }

    /// <summary>Called with each line.</summary>
    public Action<RunnerMessage> Received { get; set; } = _ => { };

    /// <summary>Called when the box has closed the connection.</summary>
    public Action Closed { get; set; } = () => { };

    /// <summary>Sends a line at the end of the turn, with all others of the turn.</summary>
    public void Send(RunnerMessage message)
    {
        message.WriteTo(_output);
        if (_isFlushDue || _isBlocked)
            return;

        _isFlushDue = true;
        _loop.AtEndOfTurn(Flush);
    }

    /// <summary>Closes the connection without calling <see cref="Closed"/>.</summary>
    public void Close()
    {
        if (_isClosed)
            return;

        Flush();
        _isClosed = true;
        _loop.Unwatch(_descriptor);
        _ = LibC.Close(_descriptor);
    }

    private void Ready()
    {
        if (_isBlocked)
            Flush();

        nint count;
        var free = _input.Free.Span;
        fixed (byte* bytes = free)
            count = _isClosed ? 0 : LibC.Read(_descriptor, bytes, free.Length);

        if (count < 0 && Marshal.GetLastPInvokeError() is ErrorNumber.TryAgain or ErrorNumber.Interrupted)
            return;

        if (count <= 0 || !_input.Take((int)count, message => Received(message)))
            Lose();
    }

    private void Flush()
    {
        _isFlushDue = false;
        while (!_isClosed && _sent < _output.WrittenCount)
        {
            nint count;
            fixed (byte* bytes = _output.WrittenSpan[_sent..])
                count = LibC.Write(_descriptor, bytes, _output.WrittenCount - _sent);

            if (count >= 0)
            {
                _sent += (int)count;
                continue;
            }

            if (Marshal.GetLastPInvokeError() is not (ErrorNumber.TryAgain or ErrorNumber.Interrupted))
                return;

            Block(true);
            return;
        }

        _sent = 0;
        _output.ResetWrittenCount();
        Block(false);
    }

    private void Block(bool isBlocked)
    {
        if (isBlocked == _isBlocked || _isClosed)
            return;

        _isBlocked = isBlocked;
        _loop.WatchWrites(_descriptor, isBlocked);
    }

    private void Lose()
    {
        if (_isClosed)
            return;

        Close();
        Closed();
    }
}
