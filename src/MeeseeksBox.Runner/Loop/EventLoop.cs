using System.Collections.Concurrent;
using System.Diagnostics;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Loop;

/// <summary>Waits for descriptors, times and work of other threads, and carries out all of it, one thing at a time.</summary>
/// <remarks>
/// "On the loop" means: by the thread that has the loop. That is always the same one until a section blocks; see <see cref="Block"/> and
/// <see cref="StallMonitor"/>.
/// </remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>A section that takes longer loses the loop.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    // Further sections wait for the next turn, so that many of them delay no answer.
    private static readonly TimeSpan SectionsTime = TimeSpan.FromMilliseconds(1);

    private readonly Poller _poller = new();
    private readonly int _wake = SystemCall.Check(LibC.EventDescriptor(0, OpenFlag.CloseOnExec | OpenFlag.NonBlocking), "eventfd");
    private readonly Dictionary<int, Action> _ready = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly PriorityQueue<LoopTimer, long> _timers = new();
    private readonly Queue<(Action Section, Action Then, bool IsSlow)> _sections = new();
    private readonly List<Action> _atEnd = [];
    private readonly StallMonitor _monitor;
    private bool _isStopped;
    private int _isWaiting;

    /// <summary>A loop that <see cref="Run"/> runs.</summary>
    /// <param name="tick">Instead of <see cref="Tick"/>.</param>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public EventLoop(TimeSpan? tick = null)
    {
        _monitor = new StallMonitor(tick ?? Tick, Serve);
        _ = SystemCall.Check(_poller.TryAdd(_wake, Poller.Readable | Poller.EdgeTriggered) ? 0 : -1, "epoll");
    }

    /// <summary>Number of looks for a section that blocks. May be read by any thread.</summary>
    public long Looks => _monitor.Looks;

    /// <summary>Calls an action whenever a descriptor is readable, or its other end is closed.</summary>
    /// <returns>False when the system cannot watch any more descriptors.</returns>
    public bool TryWatch(int descriptor, Action ready)
    {
        if (!_poller.TryAdd(descriptor, Poller.Readable))
            return false;

        _ready[descriptor] = ready;
        return true;
    }

    /// <summary>Calls the action of a descriptor also when it is writable, or no longer so.</summary>
    public void WatchWrites(int descriptor, bool isWanted) =>
        _poller.Modify(descriptor, isWanted ? Poller.Readable | Poller.Writable : Poller.Readable);

    /// <summary>Watches a descriptor no longer; call it before the descriptor is closed.</summary>
    public void Unwatch(int descriptor)
    {
        if (_ready.Remove(descriptor))
            _poller.Delete(descriptor);
    }

    /// <summary>Has an action run on the loop. May be called by any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (Interlocked.Exchange(ref _isWaiting, 0) is 0)
            return;

        // A full counter wakes the loop as well.
        var one = 1L;
        _ = LibC.Write(_wake, (byte*)&one, sizeof(long));
    }

    /// <summary>Has an action run after a time, unless the timer is cancelled. To be called on the loop.</summary>
    public LoopTimer After(TimeSpan delay, Action action)
    {
        var timer = new LoopTimer(action);
        _timers.Enqueue(timer, Environment.TickCount64 + (long)Math.Ceiling(delay.TotalMilliseconds));
        return timer;
    }

    /// <summary>Has an action run at the end of the turn, before the loop waits. To be called on the loop.</summary>
    public void AtEndOfTurn(Action action) => _atEnd.Add(action);

    /// <summary>Has a section run that may block, such as a use of a file. To be called on the loop.</summary>
    /// <remarks>
    /// It runs on the thread of the loop later in the turn. When it blocks, the loop goes on without it, on another thread. So the section
    /// may use nothing that belongs to the loop.
    /// </remarks>
    /// <param name="section">The section.</param>
    /// <param name="then">Runs on the loop after the section.</param>
    /// <param name="isSlow">True when it will probably block: the loop goes on on another thread at once.</param>
    public void Block(Action section, Action then, bool isSlow = false) => _sections.Enqueue((section, then, isSlow));

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run() => _monitor.Run();

    /// <summary>Ends <see cref="Run"/> after the present turn. To be called on the loop.</summary>
    public void Stop() => _isStopped = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = LibC.Close(_wake);
        _poller.Dispose();
    }

    // Until the loop is stopped, or until this thread has lost it.
    private void Serve()
    {
        while (true)
        {
            EndTurn();
            if (_isStopped)
            {
                _monitor.Stop();
                return;
            }

            var count = Wait();
            for (var index = 0; index < count; index++)
            {
                if (_ready.TryGetValue(_poller.Found(index), out var ready))
                    ready();
            }

            RunTimers();
            RunPosted();
            if (!TryRunSections())
                return;
        }
    }

    private void EndTurn()
    {
        for (var index = 0; index < _atEnd.Count; index++)
            _atEnd[index]();
        _atEnd.Clear();
    }

    private int Wait()
    {
        // First, so that what is posted from now on wakes the loop.
        _ = Interlocked.Exchange(ref _isWaiting, 1);
        var count = _poller.Wait(_posted.IsEmpty && _sections.Count is 0 ? UntilNextTimer() : 0);
        Volatile.Write(ref _isWaiting, 0);
        return count;
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

    private void RunTimers()
    {
        while (_timers.TryPeek(out var timer, out var due) && due <= Environment.TickCount64)
        {
            _ = _timers.Dequeue();
            timer.Run();
        }
    }

    private void RunPosted()
    {
        while (_posted.TryDequeue(out var action))
            action();
    }

    // Nothing else is on the stack, so that a thread that has lost the loop has nothing left to do for it.
    private bool TryRunSections()
    {
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < SectionsTime && _sections.TryDequeue(out var next);)
        {
            var number = _monitor.Enter(next.IsSlow);
            next.Section();
            if (!_monitor.TryLeave(number))
            {
                Post(next.Then);
                return false;
            }

            next.Then();
            RunPosted();
        }

        return true;
    }
}
