using MeeseeksBox.Core;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>
/// The one door to the ledger: one caller at a time, each with the time of its entry. Whoever has to know of a change is told right after
/// it, and the one timer stands at the earliest deadline there is.
/// </summary>
internal sealed class CoreHost : IDisposable
{
    private static readonly TimeSpan LoadavgAge = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly NodeCore _core;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TaskCompletionSource? _nextChange;
    private Journal? _journal;
    private long _journaledSeq;
    private double _armedFor = double.PositiveInfinity;
    private double _loadavgReadAt = double.NegativeInfinity;

    /// <param name="settings">What of the configuration the rules depend on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fault">Takes what went wrong at a deadline, where nobody else would hear of it.</param>
    public CoreHost(NodeSettings settings, TimeProvider time, Action<Exception> fault)
    {
        _core = new NodeCore(settings, new Random());
        _time = time;
        _timer = time.CreateTimer(_ => OnTimer(fault), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A pool of this node may have a job to start. Called in no lock, from any thread.</summary>
    public event Action<string>? PoolWoken;

    /// <summary>Something is to be sent to a peer. Called in no lock, from any thread.</summary>
    public event Action<Peer>? PeerWoken;

    /// <summary>A run is to be ended. Called in no lock, from any thread.</summary>
    public event Action<Run>? RunStopped;

    /// <summary>
    /// A run of a job ended, or a job left without having run. Called inside the lock, or by the journal when it is on disk; in order either
    /// way: it must only take note.
    /// </summary>
    public event Action<Job>? JobEnded;

    /// <summary>The number of the latest change of any job; another number tells that there is something new to save.</summary>
    public long Seq
    {
        get
        {
            lock (_lock)
            {
                return _core.Seq;
            }
        }
    }

    /// <summary>Why changes cannot be brought to disk at present, where that is asked for; null when all is well.</summary>
    public string? SavingProblem => _journal?.Problem;

    /// <summary>The number of the latest line of the journal; 0 where there is none.</summary>
    public long Journaled => _journal?.Appended ?? 0;

    /// <summary>Ends when all up to a line of the journal is on disk.</summary>
    public Task DurableAsync(long number) => _journal?.DurableAsync(number) ?? Task.CompletedTask;

    /// <summary>Puts the jobs of an earlier life into the empty ledger and goes on with them; from then on each change stands in the journal.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="journal">The journal; null for none.</param>
    public void Restore(IReadOnlyCollection<Job> jobs, Journal? journal) => Execute((core, now) =>
    {
        core.Load(jobs, now);
        if (journal is not null)
        {
            _journaledSeq = core.Seq;
            _journal = journal;
            // No lambda: it would share its closure with the one around it, which holds all jobs that were loaded.
            journal.Ended += OnJournaledEnd;
        }

        core.Resume(now);
    });

    /// <summary>All jobs at one moment, when there is anything new, and the rotation of the journal at the same moment.</summary>
    /// <param name="savedSeq">The number of change up to which all is saved.</param>
    /// <returns>No jobs when nothing is new.</returns>
    public (IReadOnlyList<Job>? Jobs, long Seq, Task Rotated) TakeCheckpoint(long savedSeq) => Execute((core, _) => core.Seq == savedSeq
        ? (null, savedSeq, Task.CompletedTask)
        : ((IReadOnlyList<Job>?)core.Snapshot(), core.Seq, _journal?.RotateAsync() ?? Task.CompletedTask));

    /// <summary>The jobs that a query finds, and the number of change up to which they are complete.</summary>
    /// <remarks>The lock is held while candidates are looked up; conditions are checked after.</remarks>
    public (IReadOnlyList<Job> Jobs, long Seq) Select(JobQuery query)
    {
        var (candidates, seq) = Execute((core, _) => (query.Candidates(core), core.Seq));
        return (query.Select(candidates), seq);
    }

    /// <summary>Ends at the next change of any job, or of a node in a way that matters. Take it before looking, wait for it after.</summary>
    public Task NextChange
    {
        get
        {
            lock (_lock)
            {
                _nextChange ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _nextChange.Task;
            }
        }
    }

    /// <summary>Enters the ledger.</summary>
    /// <param name="work">What to do there; short, and without waiting for anything.</param>
    public T Execute<T>(Func<NodeCore, Instant, T> work)
    {
        (string[] Pools, Run[] Stops, Peer[] Peers) woken = ([], [], []);
        try
        {
            lock (_lock)
            {
                var now = Now();
                RefreshLoadavg(now);
                try
                {
                    return work(_core, now);
                }
                finally
                {
                    woken = CollectEffects();
                    ScheduleTimer(now);
                }
            }
        }
        finally
        {
            NotifyWoken(woken.Pools, woken.Stops, woken.Peers);
        }
    }

    /// <summary>Enters the ledger, where there is nothing to answer.</summary>
    public void Execute(Action<NodeCore, Instant> work) => Execute((core, now) =>
    {
        work(core, now);
        return true;
    });

    public void Dispose() => _timer.Dispose();

    private void NotifyWoken(string[] pools, Run[] stops, Peer[] peers)
    {
        foreach (var run in stops)
        {
            RunStopped?.Invoke(run);
        }

        foreach (var pool in pools)
        {
            PoolWoken?.Invoke(pool);
        }

        foreach (var peer in peers)
        {
            PeerWoken?.Invoke(peer);
        }
    }

    private void OnJournaledEnd(Job job) => JobEnded?.Invoke(job);

    private void OnTimer(Action<Exception> fault)
    {
        try
        {
            Execute(TimeOut);
        }
#pragma warning disable CA1031 // The top of the timer's thread: what is not caught here ends the process without a word in the log.
        catch (Exception problem)
        {
            fault(problem);
        }
#pragma warning restore CA1031
    }

    private void TimeOut(NodeCore core, Instant now)
    {
        // Timers go by a coarser clock, and may be a little early: what is not due then needs another one.
        _armedFor = double.PositiveInfinity;
        core.Tick(now);
    }

    private Instant Now() => new(
        (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerSecond,
        _time.GetTimestamp() / (double)_time.TimestampFrequency);

    private (string[] Pools, Run[] Stops, Peer[] Peers) CollectEffects()
    {
        var effects = _core.Effects;
        if (_journal is not null)
        {
            WriteJournal(_journal, effects);
        }
        else
        {
            foreach (var job in effects.EndedJobs)
            {
                JobEnded?.Invoke(job);
            }
        }

        (string[], Run[], Peer[]) taken = (
            effects.PoolsToWake.Count is 0 ? [] : [.. effects.PoolsToWake],
            effects.RunsToCancel.Count is 0 ? [] : [.. effects.RunsToCancel],
            effects.PeersToWake.Count is 0 ? [] : [.. effects.PeersToWake]);
        if (effects.HaveJobsChanged || effects.HaveNodesChanged)
        {
            _nextChange?.SetResult();
            _nextChange = null;
        }

        effects.Clear();
        return taken;
    }

    private void WriteJournal(Journal journal, Effects effects)
    {
        foreach (var job in effects.HaveJobsChanged ? _core.ChangesSince(_journaledSeq, unassigned: true) : [])
        {
            journal.Append(new JournalLine { Changed = job });
        }

        foreach (var id in effects.RemovedJobs)
        {
            journal.Append(new JournalLine { Gone = id });
        }

        foreach (var job in effects.EndedJobs)
        {
            journal.Append(new JournalLine { Ended = job });
        }

        _journaledSeq = _core.Seq;
    }

    // A timer that stands too early is left alone: it finds nothing due and is set anew, which is cheaper than moving it at every change.
    private void ScheduleTimer(Instant now)
    {
        var next = _core.NextDeadline();
        if (next is { } deadline && deadline < _armedFor)
        {
            _armedFor = deadline;
            var milliseconds = Math.Clamp(Math.Ceiling((deadline - now.Monotonic) * 1000), 1, int.MaxValue);
            _ = _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        }
    }

    private void RefreshLoadavg(Instant now)
    {
        if (now.Monotonic - _loadavgReadAt >= LoadavgAge.TotalSeconds)
        {
            _loadavgReadAt = now.Monotonic;
            if (Loadavg.Read() is { } load)
            {
                _core.SetLoadavg(load);
            }
        }
    }
}
