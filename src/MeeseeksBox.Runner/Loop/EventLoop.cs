using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Loop;

/// <summary>Waits for descriptors and for work of other threads, and carries out all of it on one thread; see epoll(7).</summary>
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
    private bool _isStopped;

    public EventLoop() => Watch(_wake, ConsumeWake);

    /// <summary>Calls an action whenever a descriptor is readable, or its other end is closed.</summary>
    public void Watch(int descriptor, Action ready)
    {
        _ready[descriptor] = ready;
        Control(Add, descriptor, Readable);
    }

    /// <summary>Calls the action of a descriptor also when it is writable, or no longer so.</summary>
    public void WatchWrites(int descriptor, bool isWanted) => Control(Modify, descriptor, isWanted ? Readable | Writable : Readable);

    /// <summary>Watches a descriptor no longer; call it before the descriptor is closed.</summary>
    public void Unwatch(int descriptor)
    {
        if (_ready.Remove(descriptor))
            Control(Delete, descriptor, 0);
    }

    /// <summary>Has an action run on the thread of the loop. May be called by any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        var one = 1L;

        // A full counter wakes the loop as well.
        _ = LibC.Write(_wake, (byte*)&one, sizeof(long));
    }

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        var events = stackalloc byte[MostEvents * 16];
        while (!_isStopped)
        {
            var count = LibC.EpollWait(_epoll, events, MostEvents, -1);
            for (var index = 0; index < count; index++)
            {
                var data = events + (index * EventSize) + DataOffset;
                var descriptor = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(data, sizeof(int)));
                if (_ready.TryGetValue(descriptor, out var ready))
                    ready();
            }

            while (_posted.TryDequeue(out var action))
                action();
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

    private void ConsumeWake()
    {
        long count;
        _ = LibC.Read(_wake, (byte*)&count, sizeof(long));
    }

    private void Control(int operation, int descriptor, int events)
    {
        Span<byte> change = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(change, events);
        BinaryPrimitives.WriteInt64LittleEndian(change[DataOffset..], descriptor);
        fixed (byte* pointer = change)
            _ = SystemCall.Check(LibC.EpollControl(_epoll, operation, descriptor, pointer), "epoll");
    }
}
