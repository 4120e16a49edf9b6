using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Output;

/// <summary>One stream of a run: reads it into a spool until all processes have closed it.</summary>
/// <remarks>
/// The reading and writing happens on a loop for all outputs, so that a disk that hangs delays outputs alone. The public members may be
/// used by any thread.
/// </remarks>
internal sealed unsafe class RunOutput
{
    private const int MostBytes = 64 * 1024;

    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(100);

    // The loop reads one pipe at a time.
    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly string _path;
    private readonly OutputSpool _spool;
    private readonly Action _closed;
    private readonly List<(long Offset, Action<long> Printed)> _watches = [];
    private volatile bool _isClosed;
    private bool _isDetached;

    /// <summary>Starts to read.</summary>
    /// <param name="loop">The loop of all outputs.</param>
    /// <param name="name">The field of the stream in the lines of the runner.</param>
    /// <param name="descriptor">The descriptor, which is closed at the end of the stream.</param>
    /// <param name="path">The file that keeps the output.</param>
    /// <param name="limit">The maximum size of the file in bytes.</param>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="closed">Called at the end of the stream, on the loop.</param>
    public RunOutput(EventLoop loop, string name, int descriptor, string path, int limit, SpoolFolder folder, Action closed)
    {
        _loop = loop;
        Name = name;
        _descriptor = descriptor;
        _path = path;
        _spool = new OutputSpool(path, limit, folder);
        _closed = closed;
        loop.Post(Watch);
    }

    /// <summary>The field of the stream in the lines of the runner.</summary>
    public string Name { get; }

    /// <summary>Number of bytes that were printed.</summary>
    public long Total => _spool.Total;

    /// <summary>Number of bytes that were printed, but could not be kept.</summary>
    public long Lost => _spool.Lost;

    /// <summary>Why the output could not be kept; null when it could.</summary>
    public string? Problem => _spool.Problem;

    /// <summary>True when all processes have closed the stream.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Calls back once, with <see cref="Total"/>, when that is higher than an offset; on the loop of all outputs.</summary>
    public void Watch(long offset, Action<long> printed) => _loop.Post(() =>
    {
        _watches.Add((offset, printed));
        TellWatches();
    });

    /// <summary>Drops further output. It is still read, so that a process that prints does not block.</summary>
    /// <param name="done">Called when <see cref="Total"/> does not change any more, on the loop of all outputs.</param>
    public void Detach(Action done) => _loop.Post(() =>
    {
        _isDetached = true;
        done();
    });

    /// <summary>Drops further output, and deletes the file.</summary>
    public void Discard() => Detach(() => LibC.Unlink(_path));

    private void TellWatches()
    {
        var total = Total;
        for (var index = _watches.Count - 1; index >= 0; index--)
        {
            if (_watches[index] is var (offset, printed) && total > offset)
            {
                _watches.RemoveAt(index);
                printed(total);
            }
        }
    }

    // Until the system can watch it, the pipe fills, and the process waits.
    private void Watch()
    {
        if (!_loop.TryWatch(_descriptor, ReadSome))
            _ = _loop.After(RetryTime, Watch);
    }

    private void ReadSome()
    {
        var buffer = _buffer ??= new byte[MostBytes];
        nint count;
        fixed (byte* bytes = buffer)
            count = LibC.Read(_descriptor, bytes, MostBytes);

        if (count > 0)
        {
            if (!_isDetached && !_spool.TryAppend(buffer.AsSpan(0, (int)count)))
                Postpone(buffer[..(int)count]);
            TellWatches();
            return;
        }

        if (count < 0 && Marshal.GetLastPInvokeError() is ErrorNumber.TryAgain or ErrorNumber.Interrupted)
            return;

        _isClosed = true;
        _loop.Unwatch(_descriptor);
        _ = LibC.Close(_descriptor);
        _closed();
    }

    // Meanwhile the pipe fills, and the process waits.
    private void Postpone(byte[] printed)
    {
        _loop.Unwatch(_descriptor);
        _ = _loop.After(RetryTime, () =>
        {
            if (_isDetached || _spool.TryAppend(printed))
            {
                TellWatches();
                Watch();
            }
            else
            {
                Postpone(printed);
            }
        });
    }
}
