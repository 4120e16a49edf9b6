using System.Collections.Concurrent;
using MeeseeksBox.Client;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The orders of one watch that are under way, by what they are for, and those that have ended and wait to be looked at.</summary>
/// <typeparam name="TKey">What an order is known by.</typeparam>
/// <param name="submitter">Where orders are run.</param>
/// <param name="wake">Wakes the watch when an order has ended.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class InFlightJobs<TKey>(JobSubmitter submitter, Action wake, ILogger log) : IAsyncDisposable
    where TKey : notnull
{
    private readonly Dictionary<TKey, (Submission Order, Task Run)> _running = [];
    private readonly ConcurrentQueue<CompletedSubmission<TKey>> _ended = new();
    private readonly ConcurrentDictionary<Task, bool> _acknowledging = [];
    private readonly HashSet<string> _reported = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>How many are under way, or have ended and were not taken yet.</summary>
    public int Count => _running.Count;

    /// <summary>Gives a work to the box.</summary>
    /// <returns>False when there is no job for it; the log says why.</returns>
    public bool TryStart(TKey key, WatchSettings settings, WorkItem work)
    {
        if (SubmissionFactory.Create(submitter.Watcher, settings, work, out var problem) is not { } submission)
        {
            return LogOnce($"job {work.Index} cannot be submitted: {problem}", work);
        }

        log.Information("job {Job} is submitted{File}", submission.Id, work.FileName is { } file ? $" for {file}" : "");
        _running[key] = (submission, RunAsync(key, submission));
        return true;
    }

    /// <summary>Takes the orders that have ended.</summary>
    public IReadOnlyList<CompletedSubmission<TKey>> TakeAll()
    {
        var all = new List<CompletedSubmission<TKey>>();
        while (_ended.TryDequeue(out var ended))
        {
            all.Add(ended);
            _ = _running.Remove(ended.Key);
            if (ended.Problem is { } problem)
                _ = LogOnce($"job {ended.Submission.Work.Index} is not taken by the box: {problem}", ended.Submission.Work);
        }

        return all;
    }

    /// <summary>Puts an order back that has ended and cannot be recorded yet.</summary>
    public void PutBack(CompletedSubmission<TKey> ended)
    {
        _running[ended.Key] = (ended.Submission, Task.CompletedTask);
        _ended.Enqueue(ended);
    }

    /// <summary>Tells the box that the end of an order is recorded. Nothing waits for it but the end of the program.</summary>
    public void Acknowledge(Submission submission, JobEnd end)
    {
        var task = AcknowledgeAsync(submission, end);
        _ = _acknowledging.TryAdd(task, true);
        _ = task.ContinueWith(done => _acknowledging.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Waits until the box knows of all that is recorded.</summary>
    public Task WhenAcknowledgedAsync(CancellationToken giveUp) => Task.WhenAll(_acknowledging.Keys).WaitAsync(giveUp);

    /// <summary>Kills the jobs of some orders, which are to run again in the next life of the watcher.</summary>
    public Task KillAsync(Func<TKey, bool> which, CancellationToken giveUp) =>
        Task.WhenAll(_running.Where(entry => which(entry.Key)).Select(entry => submitter.StopAsync(entry.Value.Order, giveUp)));

    /// <summary>Waits until the box has taken all orders.</summary>
    public Task SubmittedAsync(CancellationToken giveUp) =>
        Task.WhenAll(_running.Values.Select(entry => Task.WhenAny(entry.Run, entry.Order.Submitted))).WaitAsync(giveUp);

    /// <summary>Waits until all orders have ended.</summary>
    public Task EndedAsync(CancellationToken giveUp) => Task.WhenAll(_running.Values.Select(entry => entry.Run)).WaitAsync(giveUp);

    /// <summary>Says why a work cannot be done. A jobspec that is wrong is wrong for every file: said once, and not a hundred thousand times.</summary>
    /// <returns>False.</returns>
    public bool LogOnce(string problem, WorkItem work)
    {
        if (_reported.Add(problem))
            log.Error("{Problem} ({File}); the same is not said again", problem, work.FileName ?? "no file");
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll([.. _running.Values.Select(entry => entry.Run), .. _acknowledging.Keys]);
        _end.Dispose();
    }

    private async Task RunAsync(TKey key, Submission submission)
    {
        try
        {
            var end = await submitter.RunAsync(submission, _end.Token);
            _ended.Enqueue(new CompletedSubmission<TKey>(key, submission, end, null));
        }
        catch (MeeseeksException problem)
        {
            _ended.Enqueue(new CompletedSubmission<TKey>(key, submission, null, problem.Message));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The next life of the watcher takes it up.
            return;
        }
#pragma warning disable CA1031 // One order that meets a fault must not take the others with it.
        catch (Exception problem)
        {
            log.Error(problem, "job {Job} is lost to a fault in this program; please report it", submission.Id);
            _ended.Enqueue(new CompletedSubmission<TKey>(key, submission, null, problem.Message));
        }
#pragma warning restore CA1031

        wake();
    }

    private async Task AcknowledgeAsync(Submission submission, JobEnd end)
    {
        try
        {
            await submitter.AcknowledgeAsync(submission, end, _end.Token);
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
