using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Children;

/// <summary>Learns the end of each child of the runner, on a thread of its own; see waitid(2).</summary>
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

    // A monitor, to wait for a further child.
    private readonly object _lock = new();
    private readonly Dictionary<int, JobProcess> _children = [];
    private readonly Dictionary<int, int> _early = [];
    private int _launches;
    private int _added;

    /// <summary>Starts to wait.</summary>
    public void Start() => new Thread(WaitForAll, 128 * 1024) { IsBackground = true, Name = "children" }.Start();

    /// <summary>Announces that a process is about to be started; <see cref="Add"/> or <see cref="Abandon"/> follows.</summary>
    public void Announce()
    {
        lock (_lock)
            _launches++;
    }

    /// <summary>Adds a process that was started. It may have ended already.</summary>
    public JobProcess Add(int pid)
    {
        var process = new JobProcess(pid);
        lock (_lock)
        {
            if (_early.Remove(pid, out var status))
                process.SetExited(status);
            else
                _children.Add(pid, process);

            Conclude();
            _added++;
            Monitor.Pulse(_lock);
        }

        return process;
    }

    /// <summary>Takes an announcement back.</summary>
    public void Abandon()
    {
        lock (_lock)
            Conclude();
    }

    private void Conclude()
    {
        _launches--;
        if (_launches is 0)
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

        lock (_lock)
        {
            if (_children.Remove(pid, out var process))
                process.SetExited(status);
            else if (_launches > 0)
                _early[pid] = status;

            int raw;
            _ = LibC.Wait4(pid, &raw, DoNotWait, null);
        }
    }
}
