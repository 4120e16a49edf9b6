using System.Buffers.Binary;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Children;

/// <summary>Learns the end of each child of the runner, on the loop; see waitid(2).</summary>
/// <remarks>
/// Processes whose parents have ended become children of the runner too. A child ends in two steps: its end is recorded before the system
/// may give its process id to another process.
/// </remarks>
internal sealed unsafe class ChildWaiter
{
    private const int AnyChild = 0;
    private const int OnlyEnded = 4;
    private const int LeaveIt = 0x01000000;
    private const int DoNotWait = 1;
    private const int InfoSize = 128;
    private const int CodeOffset = 8;
    private const int PidOffset = 16;
    private const int StatusOffset = 24;
    private const int EndedByItself = 1;

    // Many orphans that end at once do not hold up the loop.
    private const int MostAtOnce = 64;

    // A start may be on another thread.
    private readonly Lock _lock = new();
    private readonly EventLoop _loop;
    private readonly TimeProvider _time;
    private readonly int _signals = ChildSignal.Open();
    private readonly Dictionary<int, JobProcess> _children = [];
    private readonly Dictionary<int, (ProcessExit Exit, long At)> _early = [];
    private readonly List<long> _launches = [];
    private long _clock;

    /// <summary>Starts to wait.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public ChildWaiter(EventLoop loop, TimeProvider time)
    {
        (_loop, _time) = (loop, time);
        _ = SystemCall.Check(loop.TryWatch(_signals, Signalled) ? 0 : -1, "epoll");
    }

    /// <summary>Announces that a process is started at once; <see cref="Add"/> or <see cref="Abandon"/> follows.</summary>
    /// <returns>The number of the launch.</returns>
    public long Announce()
    {
        lock (_lock)
        {
            _launches.Add(++_clock);
            return _clock;
        }
    }

    /// <summary>Adds a process that was started. It may have ended already.</summary>
    /// <param name="launch">The number of its launch.</param>
    /// <param name="pid">The process id.</param>
    /// <param name="exited">Called after its end, on the loop or by the thread of the caller.</param>
    public JobProcess Add(long launch, int pid, Action exited)
    {
        var process = new JobProcess(pid, _time, exited);
        ProcessExit? exit = null;
        lock (_lock)
        {
            // An end before the launch was that of a former process with the same id.
            if (_early.Remove(pid, out var early) && early.At > launch)
                exit = early.Exit;
            else
                _children[pid] = process;

            Conclude(launch);
        }

        if (exit is { } known)
            process.SetExited(known);
        return process;
    }

    /// <summary>Takes an announcement back.</summary>
    public void Abandon(long launch)
    {
        lock (_lock)
            Conclude(launch);
    }

    private void Conclude(long launch)
    {
        _ = _launches.Remove(launch);
        if (_launches.Count is 0)
            _early.Clear();
    }

    private void Signalled()
    {
        // First: a child that ends from now on signals again.
        ChildSignal.Consume(_signals);
        TakeEnded();
    }

    private void TakeEnded()
    {
        var info = stackalloc byte[InfoSize];
        for (var count = 0; count < MostAtOnce; count++)
        {
            new Span<byte>(info, InfoSize).Clear();
            if (LibC.WaitId(AnyChild, 0, info, OnlyEnded | LeaveIt | DoNotWait) is not 0 || PidOf(info) is 0)
                return;

            Take(PidOf(info), new ReadOnlySpan<byte>(info, InfoSize));
        }

        _loop.Post(TakeEnded);
    }

    private static int PidOf(byte* info) => *(int*)(info + PidOffset);

    private void Take(int pid, ReadOnlySpan<byte> info)
    {
        var status = BinaryPrimitives.ReadInt32LittleEndian(info[StatusOffset..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(info[CodeOffset..]) is not EndedByItself)
            status = -status;

        JobProcess? process;
        ProcessExit exit;
        lock (_lock)
        {
            var isKnown = _children.Remove(pid, out process);
            process?.MarkExited();
            exit = new ProcessExit(status, Reap(pid));
            if (!isKnown && _launches.Count > 0)
                _early[pid] = (exit, ++_clock);
        }

        process?.SetExited(exit);
    }

    private static ProcessUsage Reap(int pid)
    {
        int status;
        var usage = stackalloc byte[ProcessUsage.StructureSize];
        new Span<byte>(usage, ProcessUsage.StructureSize).Clear();
        _ = LibC.Wait4(pid, &status, DoNotWait, usage);
        return ProcessUsage.Of(new ReadOnlySpan<byte>(usage, ProcessUsage.StructureSize));
    }
}
