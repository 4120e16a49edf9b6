using System.Collections.Concurrent;
using MeeseeksBox.Client;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The submissions of one watch that run, or have ended and are not taken yet.</summary>
/// <typeparam name="TKey">The key of a submission in its watch.</typeparam>
/// <param name="submitter">Runs the submissions.</param>
/// <param name="wake">Wakes the watch when a submission has ended.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class InFlightJobs<TKey>(JobSubmitter submitter, Action wake, ILogger log) : IAsyncDisposable
    where TKey : notnull
{
    private readonly Dictionary<TKey, (Submission Submission, Task Run)> _running = [];
    private readonly ConcurrentQueue<CompletedSubmission<TKey>> _ended = new();
    private readonly List<CompletedSubmission<TKey>> _held = [];
    private readonly TaskTracker _acknowledging = new();
    private readonly HashSet<string> _reported = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>The number of submissions that are not taken yet.</summary>
    public int Count => _running.Count;

    /// <summary>Submits a work item.</summary>
    /// <param name="key">Its key in the watch.</param>
    /// <param name="settings">The watch.</param>
    /// <param name="work">The work item.</param>
    /// <param name="folder">The folder of its file; null when there is none.</param>
    /// <returns>False when it has no valid job; the log names the error.</returns>
    public bool TryStart(TKey key, WatchSettings settings, WorkItem work, FileId? folder = null) =>
        TryStart(key, SubmissionFactory.Create(submitter.Watcher, settings, work, folder), work);

    /// <summary>Why a work item has no valid job; null when it has one.</summary>
    public string? ProblemOf(WatchSettings settings, WorkItem work, FileId? folder) =>
        SubmissionFactory.Create(submitter.Watcher, settings, work, folder).Problem;

    /// <summary>Submits the job of <c>on_late</c>.</summary>
    /// <returns>False when it is not valid; the log names the error.</returns>
    public bool TryStart(TKey key, WatchSettings settings, LateAlarm alarm)
    {
        var created = SubmissionFactory.OfLate(submitter.Watcher, settings, alarm, out var work);
        return TryStart(key, created, work);
    }

    /// <summary>Passes the submissions on to the watch that goes on in the place of this one.</summary>
    public void PassOn(Action newWake, ILogger newLog) => (wake, log) = (newWake, newLog);

    /// <summary>Whether results wait that could not be recorded.</summary>
    public bool HasHeld => _held.Count > 0;

    /// <summary>Takes the submissions that have ended.</summary>
    /// <param name="withHeld">Whether to take those that are held, too.</param>
    public IReadOnlyList<CompletedSubmission<TKey>> TakeAll(bool withHeld = false)
    {
        var all = new List<CompletedSubmission<TKey>>();
        if (withHeld)
        {
            all.AddRange(_held);
            _held.Clear();
            all.ForEach(held => _ = _running.Remove(held.Key));
        }

        while (_ended.TryDequeue(out var ended))
        {
            all.Add(ended);
            _ = _running.Remove(ended.Key);
            if (ended.Problem is not { } problem)
                continue;
            var item = ended.Submission.Work;
            _ = LogOnce($"{item.Title} {problem}", item);
        }

        return all;
    }

    /// <summary>Keeps a submission whose result cannot be recorded yet.</summary>
    public void Hold(CompletedSubmission<TKey> ended)
    {
        _running[ended.Key] = (ended.Submission, Task.CompletedTask);
        _held.Add(ended);
    }

    /// <summary>Reports to the box that a result is recorded.</summary>
    /// <remarks>Only the end of the program waits for it.</remarks>
    public void Acknowledge(Submission submission, JobEnd end) => _acknowledging.Add(AcknowledgeAsync(submission, end));

    /// <summary>Waits until the box has acknowledged all recorded results.</summary>
    public Task WhenAcknowledgedAsync(CancellationToken giveUp) => _acknowledging.WhenAllAsync().WaitAsync(giveUp);

    /// <summary>Kills all jobs, which the next instance of the watcher runs again.</summary>
    public Task KillAsync(CancellationToken giveUp) =>
        Task.WhenAll(_running.Values.Select(entry => submitter.StopAsync(entry.Submission, giveUp)));

    /// <summary>Kills all jobs, and waits until their ends are recorded and acknowledged.</summary>
    /// <param name="record">Takes the submissions that have ended.</param>
    /// <param name="giveUp">Ends the wait.</param>
    /// <returns>False when the wait was ended.</returns>
    public async Task<bool> TryKillAllAsync(Action record, CancellationToken giveUp)
    {
        try
        {
            await KillAsync(giveUp);
            await EndedAsync(giveUp);
            record();
            await WhenAcknowledgedAsync(giveUp);
            return true;
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Waits until the box has accepted all submissions.</summary>
    public Task SubmittedAsync(CancellationToken giveUp) =>
        Task.WhenAll(_running.Values.Select(entry => Task.WhenAny(entry.Run, entry.Submission.Submitted))).WaitAsync(giveUp);

    /// <summary>Waits until all submissions have ended.</summary>
    public Task EndedAsync(CancellationToken giveUp) => Task.WhenAll(_running.Values.Select(entry => entry.Run)).WaitAsync(giveUp);

    /// <summary>The id of the job of a work item that is submitted; null when there is none.</summary>
    public string? IdOf(TKey key) => _running.TryGetValue(key, out var entry) ? entry.Submission.Id : null;

    /// <summary>Logs the error of a work item once per text.</summary>
    /// <remarks>A wrong jobspec is wrong for every file.</remarks>
    /// <param name="problem">The error.</param>
    /// <param name="work">The work item.</param>
    /// <param name="isOfFile">Whether each file has the error by itself.</param>
    /// <returns>False.</returns>
    public bool LogOnce(string problem, WorkItem work, bool isOfFile = false)
    {
        if (_reported.Add(isOfFile ? $"{work.FileName}: {problem}" : problem))
            log.Error("{Problem} ({File}); the same error is not logged again", problem, work.FileName ?? "no file");
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll([.. _running.Values.Select(entry => entry.Run), _acknowledging.WhenAllAsync()]);
        _end.Dispose();
    }

    private bool TryStart(TKey key, Result<Submission> created, WorkItem work)
    {
        if (!created.IsSuccess)
            return LogOnce($"{work.Title} cannot be submitted: {created.Problem}", work);
        var submission = created.Value;
        _running[key] = (submission, RunAsync(key, submission));
        return true;
    }

    private async Task RunAsync(TKey key, Submission submission)
    {
        try
        {
            var end = await submitter.RunAsync(submission, log, _end.Token);
            _ended.Enqueue(new CompletedSubmission<TKey>(key, submission, end, null));
        }
        catch (MeeseeksException problem)
        {
            var what = problem is MeeseeksConnectionException ? "has no result" : "is not accepted by the box";
            _ended.Enqueue(new CompletedSubmission<TKey>(key, submission, null, $"{what}: {problem.Message}"));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The next instance of the watcher resumes the job.
            return;
        }
#pragma warning disable CA1031 // A failure of one submission must not end the others.
        catch (Exception problem)
        {
            log.Error(problem, "job {Job} lost: internal error; please report it", submission.Id);
            _ended.Enqueue(new CompletedSubmission<TKey>(key, submission, null, $"is lost: {problem.Message}"));
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
            // The result is recorded in a status file, whatever the box stores.
        }
    }
}
