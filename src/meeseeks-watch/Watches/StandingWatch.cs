using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Watch.Rules;
using MeeseeksBox.Watch.Settings;
using MeeseeksBox.Watcher.Jobs;
using Serilog;

namespace MeeseeksBox.Watcher.Watches;

/// <summary>A watch without files: keeps its jobs running.</summary>
/// <remarks>
/// With <c>once</c> it starts those that do not run, and leaves them alone; with <c>count</c> it ends after so many rounds.
/// </remarks>
/// <param name="settings">Its settings, without globs.</param>
/// <param name="desk">Where jobs are run.</param>
/// <param name="isOnce">Whether it ends when all its jobs have been given to the box.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Its log.</param>
internal sealed class StandingWatch(WatchSettings settings, JobDesk desk, bool isOnce, TimeProvider time, ILogger log) : IWatch
{
    private readonly Dictionary<(int Index, int List), long> _lastStarts = [];
    private readonly HashSet<(int Index, int List)> _inFlight = [];
    private readonly RoundCounter _rounds = new(settings.Count);
    private readonly Signal _signal = new(time);
    private Crew<(int Index, int List)>? _crew;

    /// <inheritdoc/>
    public WatchSettings Settings => settings;

    /// <inheritdoc/>
    public int Failures { get; private set; }

    private Crew<(int Index, int List)> Crew => _crew ??= new(desk, _signal.Set, log);

    // Not of the wall clock, which may be set.
    private long Now => time.GetElapsedTime(0).Ticks;

    /// <inheritdoc/>
    public bool TryReconfigure(WatchSettings other) => false;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Take();
                if (_rounds.IsComplete && !isOnce)
                    return;
                var plan = Standing.Of(settings, _lastStarts, _inFlight, Now);
                plan.Due.ForEach(Start);
                if (isOnce)
                {
                    await Crew.SubmittedAsync(stop);
                    Take();
                    return;
                }

                await _signal.WaitAsync(plan.NextDue is { } due ? TimeSpan.FromTicks(due - Now) : Timeout.InfiniteTimeSpan, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <inheritdoc/>
    public async Task KillJobsAsync(CancellationToken giveUp)
    {
        try
        {
            await Crew.KillAsync(_ => true, giveUp);
            await Crew.EndedAsync(giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            log.Warning("{Count} jobs could not be stopped in time", Crew.Count);
        }
    }

    /// <inheritdoc/>
    public Task SettledAsync(CancellationToken giveUp) => Crew.SettledAsync(giveUp);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Crew.DisposeAsync();
        _signal.Dispose();
    }

    private void Start(Watch.Jobs.Work work)
    {
        var place = (work.Index, work.List);
        _lastStarts[place] = Now;
        if (Crew.TryStart(place, settings, work))
            _ = _inFlight.Add(place);
        else
            Failures++;
    }

    private void Take()
    {
        foreach (var ended in Crew.TakeAll())
        {
            _ = _inFlight.Remove(ended.Key);
            _rounds.AddEnd(ended.End is { State: JobState.Done });
            if (ended.End is not { } end)
            {
                Failures++;
                continue;
            }

            if (settings.Count is null && !end.WasStopped)
                log.Warning("job {Job}, which is to be kept running, is {State}: {Reason}", ended.Order.Id, JobStates.Word(end.State), Reason(end));
            else if (settings.Count is not null && end is { State: not JobState.Done, WasStopped: false })
                Fail(ended.Order, end);
            Crew.Settle(ended.Order, end);
        }

        if (_inFlight.Count == 0 && _rounds.EndRound() && settings.Count is { } count)
            log.Information("round {Round} of {Count} is done", _rounds.Good, count);
    }

    private void Fail(JobOrder order, JobEnd end)
    {
        Failures++;
        log.Warning("job {Job} is {State}: {Reason}", order.Id, JobStates.Word(end.State), Reason(end));
    }

    private static string Reason(JobEnd end) =>
        end.Jobs.FirstOrDefault(job => job.State == end.State) is { } job ? job.Error ?? $"exit status {job.Rc}" : "";
}
