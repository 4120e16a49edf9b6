using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Output;

/// <summary>Reads one stream of a job until all processes have closed it.</summary>
internal sealed unsafe class OutputPipe
{
    private const int MostBytes = 64 * 1024;

    // The loop reads one pipe at a time.
    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly Action _closed;
    private OutputSpool? _spool;

    /// <summary>Starts to read.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="descriptor">The descriptor, which is closed at the end of the stream.</param>
    /// <param name="spool">Keeps the output.</param>
    /// <param name="closed">Called at the end of the stream.</param>
    public OutputPipe(EventLoop loop, int descriptor, OutputSpool spool, Action closed)
    {
        _loop = loop;
        _descriptor = descriptor;
        _spool = spool;
        _closed = closed;
        loop.Watch(descriptor, ReadSome);
    }

    /// <summary>True when all processes have closed the stream.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Drops further output. It is still read, so that a process that prints does not block.</summary>
    public void Detach() => _spool = null;

    private void ReadSome()
    {
        if (IsClosed)
            return;

        var buffer = _buffer ??= new byte[MostBytes];
        nint count;
        fixed (byte* bytes = buffer)
            count = LibC.Read(_descriptor, bytes, MostBytes);

        if (count > 0)
        {
            _spool?.Append(buffer.AsSpan(0, (int)count));
            return;
        }

        if (count < 0 && Marshal.GetLastPInvokeError() is ErrorNumber.TryAgain or ErrorNumber.Interrupted)
            return;

        IsClosed = true;
        _loop.Unwatch(_descriptor);
        _ = LibC.Close(_descriptor);
        _closed();
    }
}
