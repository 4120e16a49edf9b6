using System.Collections.Concurrent;

namespace MeeseeksBox.Foundation.Tasks;

/// <summary>The running tasks of one kind. Thread-safe.</summary>
public sealed class TaskTracker
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>The number of running tasks.</summary>
    public int Count => _running.Count;

    /// <summary>Adds a task until its end.</summary>
    public void Add(Task task)
    {
        _ = _running.TryAdd(task, true);
        _ = task.ContinueWith(
            ended => _running.TryRemove(ended, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Completes when all tasks of now have ended.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_running.Keys);
}
