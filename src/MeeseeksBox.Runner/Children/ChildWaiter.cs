using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Children;

/// <summary>Learns the end of each child of the runner, on a thread of its own; see waitid(2).</summary>
/// <remarks>
/// Processes whose parents have ended become children of the runner too. A child ends in two steps: its end is recorded before the system
/// may give its process id to another process.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed unsafe class ChildWaiter(TimeProvider time)
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

    // A monitor, to wait for a further child.
    private readonly object _lock = new();
    private readonly Dictionary<int, JobProcess> _children = [];
    private readonly Dictionary<int, (ProcessExit Exit, long At)> _early = [];
    private readonly List<long> _launches = [];
    private long _clock;
    private int _added;

    /// <summary>Starts to wait.</summary>
    public void Start() => new Thread(WaitForAll, 128 * 1024) { IsBackground = true, Name = "children" }.Start();

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
    /// <param name="exited">Called after its end, by the thread of this object or of the caller.</param>
    public JobProcess Add(long launch, int pid, Action exited)
    {
        var process = new JobProcess(pid, time, exited);
        ProcessExit? exit = null;
        lock (_lock)
        {
            // An end before the launch was that of a former process with the same id.
            if (_early.Remove(pid, out var early) && early.At > launch)
                exit = early.Exit;
            else
                _children[pid] = process;

            Conclude(launch);
            _added++;
            Monitor.Pulse(_lock);
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

    private void WaitForAll()
    {
        var info = stackalloc byte[InfoSize];
        while (true)
        {
            var before = Volatile.Read(ref _added);
            if (LibC.WaitId(AnyChild, 0, info, OnlyEnded | LeaveIt) is 0)
                Take(new ReadOnlySpan<byte>(info, InfoSize));
            else if (Marshal.GetLastPInvokeError() is ErrorNumber.NoChild)
                AwaitChild(before);
        }
    }

    private void AwaitChild(int before)
    {
        lock (_lock)
        {
            while (_added == before)
                _ = Monitor.Wait(_lock);
        }
    }

    private void Take(ReadOnlySpan<byte> info)
    {
        var pid = BinaryPrimitives.ReadInt32LittleEndian(info[PidOffset..]);
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
