using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.Output;

/// <summary>One stream of a run: reads it into a spool until all processes have closed it. Used on the loop only.</summary>
/// <remarks>
/// Each read, with its write to the spool, is a section that may block: see <see cref="EventLoop.Block"/>. Meanwhile this stream is not
/// read, so that its pipe fills and its process waits.
/// </remarks>
internal sealed unsafe class RunOutput
{
    private const int MostBytes = 64 * 1024;

    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(100);

    // A section reads one pipe at a time.
    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly string _path;
    private readonly OutputSpool _spool;
    private readonly Action _closed;
    private readonly List<(long Offset, Action<long> Printed)> _watches = [];
    private Action? _afterRead;
    private bool _isReading;
    private bool _isWatched;

    // What the spool could not take for a lack of descriptors.
    private byte[]? _postponed;
    private ReadResult _result;
    private volatile bool _isDetached;

    /// <summary>Waits for <see cref="Follow"/>.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="name">The field of the stream in the lines of the runner.</param>
    /// <param name="descriptor">The descriptor, which is closed at the end of the stream.</param>
    /// <param name="path">The file that keeps the output.</param>
    /// <param name="limit">The maximum size of the file in bytes.</param>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="closed">Called at the end of the stream.</param>
    public RunOutput(EventLoop loop, string name, int descriptor, string path, int limit, SpoolFolder folder, Action closed)
    {
        _loop = loop;
        Name = name;
        _descriptor = descriptor;
        _path = path;
        _spool = new OutputSpool(path, limit, folder);
        _closed = closed;
    }

    private enum ReadResult
    {
        Nothing,
        Printed,
        Postponed,
        End,
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
    public bool IsClosed { get; private set; }

    /// <summary>Reads what was printed so far, and from then on what is printed.</summary>
    public void Follow()
    {
        if (_isReading || IsClosed)
            return;

        _isReading = true;
        _loop.Block(() => _result = ReadSome(), Conclude);
    }

    /// <summary>Calls back once, with <see cref="Total"/>, when that is higher than an offset.</summary>
    public void Watch(long offset, Action<long> printed)
    {
        _watches.Add((offset, printed));
        TellWatches();
    }

    /// <summary>Drops further output. It is still read, so that a process that prints does not block.</summary>
    /// <param name="done">Called when <see cref="Total"/> does not change any more.</param>
    public void Detach(Action done)
    {
        _isDetached = true;
        if (_isReading)
            _afterRead += done;
        else
            done();
    }

    /// <summary>Drops further output, and deletes the file.</summary>
    public void Discard() => Detach(() =>
    {
        if (_spool.IsCreated)
            _loop.Block(() => LibC.Unlink(_path), () => { });
    });

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

    private void Ready()
    {
        // The section takes its time, and the loop would turn without a rest.
        if (_isReading)
            Unwatch();
        else
            Follow();
    }

    // The section.
    private ReadResult ReadSome()
    {
        if (_postponed is not null)
        {
            if (!_isDetached && !_spool.TryAppend(_postponed))
                return ReadResult.Postponed;

            _postponed = null;
            return ReadResult.Printed;
        }

        var buffer = _buffer ??= new byte[MostBytes];
        nint count;
        fixed (byte* bytes = buffer)
            count = LibC.Read(_descriptor, bytes, MostBytes);

        if (count <= 0)
        {
            return count < 0 && Marshal.GetLastPInvokeError() is ErrorNumber.TryAgain or ErrorNumber.Interrupted
                ? ReadResult.Nothing
                : ReadResult.End;
        }

        if (_isDetached || _spool.TryAppend(buffer.AsSpan(0, (int)count)))
            return ReadResult.Printed;

        _postponed = buffer[..(int)count];
        return ReadResult.Postponed;
    }

    private void Conclude()
    {
        _isReading = false;
        var afterRead = _afterRead;
        _afterRead = null;
        afterRead?.Invoke();
        switch (_result)
        {
            case ReadResult.Printed:
                TellWatches();
                if (!_isWatched)
                    Follow();
                break;
            case ReadResult.Postponed:
                Unwatch();
                _ = _loop.After(RetryTime, Follow);
                break;
            case ReadResult.End:
                Close();
                break;
            default:
                AwaitMore();
                break;
        }
    }

    // Until the system can watch it, the pipe fills, and the process waits.
    private void AwaitMore()
    {
        if (_isWatched)
            return;

        _isWatched = _loop.TryWatch(_descriptor, Ready);
        if (!_isWatched)
            _ = _loop.After(RetryTime, Follow);
    }

    private void Unwatch()
    {
        if (_isWatched)
            _loop.Unwatch(_descriptor);
        _isWatched = false;
    }

    private void Close()
    {
        Unwatch();
        _ = LibC.Close(_descriptor);
        IsClosed = true;
        _closed();
    }
}
