using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A watch without files, which keeps its standing jobs running.</summary>
/// <remarks>
/// With <c>once</c> it starts the jobs that do not run, and ends without a wait for their ends. With <c>count</c> it ends after the given
/// number of good rounds.
/// </remarks>
/// <param name="settings">Settings without globs.</param>
/// <param name="submitter">Runs the jobs.</param>
/// <param name="isOnce">Whether it ends when the box has accepted all its jobs.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class ContinuousWatch(WatchSettings settings, JobSubmitter submitter, bool isOnce, TimeProvider time, ILogger log) : IWatch
{
    private readonly Dictionary<(int Index, int List), long> _lastStarts = [];
    private readonly HashSet<(int Index, int List)> _inFlight = [];
    private readonly RoundCounter _rounds = new(settings.Count);
    private readonly AsyncSignal _signal = new();
    private InFlightJobs<(int Index, int List)>? _jobs;
    private LoopRequests? _requests;

    /// <inheritdoc/>
    public WatchSettings Settings => settings;

    /// <inheritdoc/>
    public int JobCount => Jobs.Count;

    /// <inheritdoc/>
    public int Failures { get; private set; }

    private InFlightJobs<(int Index, int List)> Jobs => _jobs ??= new(submitter, _signal.Set, log);

    private LoopRequests Requests => LazyInitializer.EnsureInitialized(ref _requests, () => new LoopRequests(_signal.Set))!;

    // Monotonic, because the wall clock may be set.
    private long Now => time.MonotonicTicks();

    /// <inheritdoc/>
    public bool TryReconfigure(WatchSettings other) => false;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Requests.Answer();
                Take();
                if (_rounds.IsComplete && !isOnce)
                    return;
                var plan = ContinuousJobs.Of(settings, _lastStarts, _inFlight, Now);
                plan.Due.ForEach(Start);
                if (isOnce)
                {
                    await Jobs.SubmittedAsync(stop);
                    Take();
                    return;
                }

                var pause = plan.NextDue is { } due ? TimeSpan.FromTicks(due - Now) : Timeout.InfiniteTimeSpan;
                await _signal.WaitAsync(pause, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <inheritdoc/>
    public Task<WatchStatus> StatusAsync() => Requests.AskAsync(() => new WatchStatus
    {
        Name = settings.Name,
        State = WatchStatus.IsRunning,
        Running = _inFlight.Count,
    });

    /// <inheritdoc/>
    public Task<AgainResult> RunAgainAsync(IReadOnlyList<string> files, int index) => Task.FromResult(
        new AgainResult([], [$"the watch {settings.Name} has no files: its jobs are kept running"]));

    /// <inheritdoc/>
    public async Task KillJobsAsync(CancellationToken giveUp)
    {
        try
        {
            await Jobs.KillAsync(giveUp);
            await Jobs.EndedAsync(giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            log.Warning("jobs not stopped in time: {Count}", Jobs.Count);
        }
    }

    /// <inheritdoc/>
    public Task WhenDrainedAsync(CancellationToken giveUp) => Jobs.WhenAcknowledgedAsync(giveUp);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Jobs.DisposeAsync();

    private void Start(WorkItem work)
    {
        var place = (work.Index, work.List);
        _lastStarts[place] = Now;
        if (Jobs.TryStart(place, settings, work))
            _ = _inFlight.Add(place);
        else
            Failures++;
    }

    private void Take()
    {
        foreach (var ended in Jobs.TakeAll())
        {
            _ = _inFlight.Remove(ended.Key);
            _rounds.AddEnd(ended.End is { State: JobState.Done });
            if (ended.End is not { } end)
            {
                Failures++;
                continue;
            }

            if (settings.Count is null && !end.WasStopped)
                log.Warning("standing job {Job} is {State}: {Reason}", ended.Submission.Id, JobStates.Word(end.State), end.Reason);
            else if (settings.Count is not null && end is { State: not JobState.Done, WasStopped: false })
                Fail(ended.Submission, end);
            Jobs.Acknowledge(ended.Submission, end);
        }

        if (_inFlight.Count == 0 && _rounds.EndRound() && settings.Count is { } count)
            log.Information("round {Round} of {Count} is done", _rounds.Good, count);
    }

    private void Fail(Submission submission, JobEnd end)
    {
        Failures++;
        log.Warning("job {Job} is {State}: {Reason}", submission.Id, JobStates.Word(end.State), end.Reason);
    }
}
