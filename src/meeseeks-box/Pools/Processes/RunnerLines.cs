using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The lines to a runner and from it, which are read and handled on a thread of their own.</summary>
/// <remarks>
/// A job passes no other thread between its end in the runner and the start of the next one, because each hand-over takes longer than the
/// work. So the handling of a line does not block. A runner that does not read holds up no sender.
/// </remarks>
/// <param name="socket">The socket, in blocking mode; owned.</param>
/// <param name="input">Collects what is received.</param>
internal sealed class RunnerLines(Socket socket, RunnerLineBuffer input) : IDisposable
{
    private const int MostKept = 256 * 1024;

    // MSG_DONTWAIT and MSG_NOSIGNAL.
    private const int SendFlags = 0x40 | 0x4000;

    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _waiting = new();
    private ArrayBufferWriter<byte> _sending = new();
    private ITimer? _timer;
    private bool _isSending;
    private bool _isComplete;
    private int _reader;

    /// <summary>Sends a line, at once or with all others that follow from received ones. After the end, none is sent.</summary>
    public void Send(RunnerMessage line)
    {
        lock (_lock)
        {
            if (!Add(line) || Environment.CurrentManagedThreadId == _reader)
                return;
        }

        Flush();
    }

    /// <summary>Sends a line with the next one, or after a delay.</summary>
    public void SendWithin(TimeSpan delay, RunnerMessage line)
    {
        lock (_lock)
        {
            if (Add(line))
                _timer ??= TimeProvider.System.CreateTimer(_ => Flush(), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Sends what waits, and tells the runner that nothing follows.</summary>
    public void Complete()
    {
        lock (_lock)
            _isComplete = true;
        Flush();
    }

    /// <summary>Reads and handles lines until the end of the connection.</summary>
    /// <param name="receive">Handles a line; it must not block.</param>
    public void Run(Action<RunnerMessage> receive)
    {
        _reader = Environment.CurrentManagedThreadId;
        try
        {
            while (socket.Receive(input.Free.Span) is > 0 and var count && input.Take(count, receive))
                Flush();
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // Like the end of the stream.
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isComplete = true;
            _timer?.Dispose();
        }

        socket.Dispose();
    }

    // Under the lock.
    private bool Add(RunnerMessage line)
    {
        if (!_isComplete)
            line.WriteTo(_waiting);
        return !_isComplete;
    }

    // One caller at a time sends; the lines of all others go with it.
    private void Flush()
    {
        while (TakeWaiting())
        {
            var sent = TrySend(_sending.WrittenSpan);
            if (sent < _sending.WrittenCount)
            {
                // Not on a new thread, of which the system may have none left.
                _ = Task.Run(() => SendRest(sent));
                return;
            }

            EndSending();
        }
    }

    private bool TakeWaiting()
    {
        lock (_lock)
        {
            if (_isSending)
                return false;
            if (_waiting.WrittenCount is 0)
            {
                if (_isComplete)
                    EndStream();
                return false;
            }

            _timer?.Dispose();
            _timer = null;
            (_waiting, _sending, _isSending) = (_sending, _waiting, true);
            return true;
        }
    }

    private void EndSending()
    {
        if (_sending.Capacity > MostKept)
            _sending = new ArrayBufferWriter<byte>();
        else
            _sending.ResetWrittenCount();
        lock (_lock)
            _isSending = false;
    }

    private void EndStream()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The reader notices it.
        }
    }

    // What the socket takes at once.
    private unsafe int TrySend(ReadOnlySpan<byte> bytes)
    {
        var isHeld = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref isHeld);
            fixed (byte* first = bytes)
            {
                var sent = LibC.Send((int)socket.SafeHandle.DangerousGetHandle(), first, bytes.Length, SendFlags);
                return sent >= 0 ? (int)sent
                    : Marshal.GetLastPInvokeError() is ErrorNumber.TryAgain or ErrorNumber.Interrupted ? 0
                    : bytes.Length;
            }
        }
        catch (ObjectDisposedException)
        {
            return bytes.Length;
        }
        finally
        {
            if (isHeld)
                socket.SafeHandle.DangerousRelease();
        }
    }

    // To a runner that does not read at present.
    private void SendRest(int sent)
    {
        try
        {
            while (sent < _sending.WrittenCount)
                sent += socket.Send(_sending.WrittenSpan[sent..]);
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // The reader notices it.
        }

        EndSending();
        Flush();
    }
}
