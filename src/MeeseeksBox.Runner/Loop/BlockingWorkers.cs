namespace MeeseeksBox.Runner.Loop;

/// <summary>Runs work that may block for as long as a disk hangs. No piece of work waits for another one.</summary>
internal sealed class BlockingWorkers
{
    private const int StackSize = 512 * 1024;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    // A monitor, to wait for further work.
    private readonly object _lock = new();
    private readonly Queue<Action> _work = new();
    private int _idle;

    /// <summary>Runs a piece of work on an idle thread, or on a new one.</summary>
    /// <exception cref="OutOfMemoryException">The system has no thread left.</exception>
    public void Run(Action work)
    {
        lock (_lock)
        {
            if (_idle > _work.Count)
            {
                _work.Enqueue(work);
                Monitor.Pulse(_lock);
                return;
            }
        }

        new Thread(() => RunAll(work), StackSize) { IsBackground = true, Name = "blocking work" }.Start();
    }

    private void RunAll(Action? work)
    {
        for (; work is not null; work = Next())
            work();
    }

    private Action? Next()
    {
        lock (_lock)
        {
            _idle++;
            while (_work.Count is 0)
            {
                if (!Monitor.Wait(_lock, IdleTime) && _work.Count is 0)
                    break;
            }

            _idle--;
            _ = _work.TryDequeue(out var next);
            return next;
        }
    }
}
