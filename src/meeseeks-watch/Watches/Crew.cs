using System.Collections.Concurrent;
using MeeseeksBox.Client;
using MeeseeksBox.Watch.Jobs;
using MeeseeksBox.Watch.Settings;
using MeeseeksBox.Watcher.Jobs;
using Serilog;

namespace MeeseeksBox.Watcher.Watches;

/// <summary>The orders of one watch that are under way, by what they are for, and those that have ended and wait to be looked at.</summary>
/// <typeparam name="TKey">What an order is known by.</typeparam>
/// <param name="desk">Where orders are run.</param>
/// <param name="wake">Wakes the watch when an order has ended.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class Crew<TKey>(JobDesk desk, Action wake, ILogger log) : IAsyncDisposable
    where TKey : notnull
{
    private readonly Dictionary<TKey, (JobOrder Order, Task Run)> _running = [];
    private readonly ConcurrentQueue<Ended<TKey>> _ended = new();
    private readonly ConcurrentDictionary<Task, bool> _settling = [];
    private readonly HashSet<string> _said = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>How many are under way, or have ended and were not taken yet.</summary>
    public int Count => _running.Count;

    /// <summary>Gives a work to the box.</summary>
    /// <returns>False when there is no job for it; the log says why.</returns>
    public bool TryStart(TKey key, WatchSettings settings, Work work)
    {
        if (OrderMaker.Make(desk.Watcher, settings, work, out var problem) is not { } order)
        {
            return SayOnce($"job {work.Index} cannot be submitted: {problem}", work);
        }

        log.Information("job {Job} is submitted{File}", order.Id, work.FileName is { } file ? $" for {file}" : "");
        _running[key] = (order, RunAsync(key, order));
        return true;
    }

    /// <summary>Takes the orders that have ended.</summary>
    public IReadOnlyList<Ended<TKey>> TakeAll()
    {
        var all = new List<Ended<TKey>>();
        while (_ended.TryDequeue(out var ended))
        {
            all.Add(ended);
            _ = _running.Remove(ended.Key);
            if (ended.Problem is { } problem)
                _ = SayOnce($"job {ended.Order.Work.Index} is not taken by the box: {problem}", ended.Order.Work);
        }

        return all;
    }

    /// <summary>Puts an order back that has ended and cannot be recorded yet.</summary>
    public void PutBack(Ended<TKey> ended)
    {
        _running[ended.Key] = (ended.Order, Task.CompletedTask);
        _ended.Enqueue(ended);
    }

    /// <summary>Tells the box that the end of an order is recorded. Nothing waits for it but the end of the program.</summary>
    public void Settle(JobOrder order, JobEnd end)
    {
        var task = SettleAsync(order, end);
        _ = _settling.TryAdd(task, true);
        _ = task.ContinueWith(done => _settling.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Waits until the box knows of all that is recorded.</summary>
    public Task SettledAsync(CancellationToken giveUp) => Task.WhenAll(_settling.Keys).WaitAsync(giveUp);

    /// <summary>Kills the jobs of some orders, which are to run again in the next life of the watcher.</summary>
    public Task KillAsync(Func<TKey, bool> which, CancellationToken giveUp) =>
        Task.WhenAll(_running.Where(entry => which(entry.Key)).Select(entry => desk.StopAsync(entry.Value.Order, giveUp)));

    /// <summary>Waits until the box has taken all orders.</summary>
    public Task SubmittedAsync(CancellationToken giveUp) =>
        Task.WhenAll(_running.Values.Select(entry => Task.WhenAny(entry.Run, entry.Order.Submitted))).WaitAsync(giveUp);

    /// <summary>Waits until all orders have ended.</summary>
    public Task EndedAsync(CancellationToken giveUp) => Task.WhenAll(_running.Values.Select(entry => entry.Run)).WaitAsync(giveUp);

    /// <summary>Says why a work cannot be done. A jobspec that is wrong is wrong for every file: said once, and not a hundred thousand times.</summary>
    /// <returns>False.</returns>
    public bool SayOnce(string problem, Work work)
    {
        if (_said.Add(problem))
            log.Error("{Problem} ({File}); the same is not said again", problem, work.FileName ?? "no file");
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll([.. _running.Values.Select(entry => entry.Run), .. _settling.Keys]);
        _end.Dispose();
    }

    private async Task RunAsync(TKey key, JobOrder order)
    {
        try
        {
            var end = await desk.RunAsync(order, _end.Token);
            _ended.Enqueue(new Ended<TKey>(key, order, end, null));
        }
        catch (MeeseeksException problem)
        {
            _ended.Enqueue(new Ended<TKey>(key, order, null, problem.Message));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The next life of the watcher takes it up.
            return;
        }
#pragma warning disable CA1031 // One order that meets a fault must not take the others with it.
        catch (Exception problem)
        {
            log.Error(problem, "job {Job} is lost to a fault in this program; please report it", order.Id);
            _ended.Enqueue(new Ended<TKey>(key, order, null, problem.Message));
        }
#pragma warning restore CA1031

        wake();
    }

    private async Task SettleAsync(JobOrder order, JobEnd end)
    {
        try
        {
            await desk.SettleAsync(order, end, _end.Token);
        }
        catch (MeeseeksException problem)
        {
            log.Debug("job {Job} could not be marked as recorded: {Problem}", end.Jobs[0].Id, problem.Message);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Its result is recorded all the same.
        }
    }
}
