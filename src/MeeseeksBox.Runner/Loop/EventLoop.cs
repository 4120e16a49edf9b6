using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Loop;

/// <summary>Waits for descriptors, times and work of other threads, and carries out all of it on one thread; see epoll(7).</summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int Readable = 1;
    private const int Writable = 4;
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int MostEvents = 64;

    // The structure has no gap between its two numbers on x86, and one of four bytes elsewhere.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly int _epoll = SystemCall.Check(LibC.EpollCreate(OpenFlag.CloseOnExec), "epoll");
    private readonly int _wake = SystemCall.Check(LibC.EventDescriptor(0, OpenFlag.CloseOnExec | OpenFlag.NonBlocking), "eventfd");
    private readonly Dictionary<int, Action> _ready = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly PriorityQueue<LoopTimer, long> _timers = new();
    private bool _isStopped;
    private int _isWoken;

    /// <summary>A loop that <see cref="Run"/> runs.</summary>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public EventLoop() => SystemCall.Check(TryWatch(_wake, ConsumeWake) ? 0 : -1, "epoll");

    /// <summary>Calls an action whenever a descriptor is readable, or its other end is closed.</summary>
    /// <returns>False when the system cannot watch any more descriptors.</returns>
    public bool TryWatch(int descriptor, Action ready)
    {
        _ready[descriptor] = ready;
        if (Control(Add, descriptor, Readable))
            return true;

        _ = _ready.Remove(descriptor);
        return false;
    }

    /// <summary>Calls the action of a descriptor also when it is writable, or no longer so.</summary>
    public void WatchWrites(int descriptor, bool isWanted) => Control(Modify, descriptor, isWanted ? Readable | Writable : Readable);

    /// <summary>Watches a descriptor no longer; call it before the descriptor is closed.</summary>
    public void Unwatch(int descriptor)
    {
        if (_ready.Remove(descriptor))
            _ = Control(Delete, descriptor, 0);
    }

    /// <summary>Has an action run on the thread of the loop. May be called by any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (Interlocked.Exchange(ref _isWoken, 1) is not 0)
            return;

        // A full counter wakes the loop as well.
        var one = 1L;
        _ = LibC.Write(_wake, (byte*)&one, sizeof(long));
    }

    /// <summary>Has an action run after a time, unless the timer is cancelled. To be called on the thread of the loop.</summary>
    public LoopTimer After(TimeSpan delay, Action action)
    {
        var timer = new LoopTimer(action);
        _timers.Enqueue(timer, Environment.TickCount64 + (long)Math.Ceiling(delay.TotalMilliseconds));
        return timer;
    }

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        var events = stackalloc byte[MostEvents * 16];
        while (!_isStopped)
        {
            var count = LibC.EpollWait(_epoll, events, MostEvents, UntilNextTimer());
            for (var index = 0; index < count; index++)
            {
                var data = events + (index * EventSize) + DataOffset;
                var descriptor = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(data, sizeof(int)));
                if (_ready.TryGetValue(descriptor, out var ready))
                    ready();
            }

            // Before the queue is read, so that what is added meanwhile wakes the loop again.
            _ = Interlocked.Exchange(ref _isWoken, 0);
            while (_posted.TryDequeue(out var action))
                action();

            while (_timers.TryPeek(out var timer, out var due) && due <= Environment.TickCount64)
            {
                _ = _timers.Dequeue();
                timer.Run();
            }
        }
    }

    /// <summary>Ends <see cref="Run"/> after the present turn.</summary>
    public void Stop() => _isStopped = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = LibC.Close(_wake);
        _ = LibC.Close(_epoll);
    }

    private int UntilNextTimer()
    {
        while (_timers.TryPeek(out var timer, out var due))
        {
            if (!timer.IsCancelled)
                return (int)Math.Clamp(due - Environment.TickCount64, 0, int.MaxValue);

            _ = _timers.Dequeue();
        }

        return -1;
    }

    private void ConsumeWake()
    {
        long count;
        _ = LibC.Read(_wake, (byte*)&count, sizeof(long));
    }

    private bool Control(int operation, int descriptor, int events)
    {
        Span<byte> change = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(change, events);
        BinaryPrimitives.WriteInt64LittleEndian(change[DataOffset..], descriptor);
        fixed (byte* pointer = change)
            return LibC.EpollControl(_epoll, operation, descriptor, pointer) is 0;
    }
}
