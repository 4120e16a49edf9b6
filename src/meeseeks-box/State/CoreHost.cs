using System.Runtime.ExceptionServices;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>The only access to the core: lock, clock, timer and journal around <see cref="NodeCore"/>.</summary>
/// <remarks>
/// One caller at a time enters the core, with the time of its entry. Its effects are published right after it has left the lock. One
/// timer serves all deadlines and is set to the earliest.
/// </remarks>
internal sealed class CoreHost : IDisposable
{
    private readonly Lock _lock = new();
    private readonly NodeCore _core;
    private readonly TimeProvider _time;
    private readonly DeadlineTimer _timer;
    private readonly ChangeRecorder _recorder;
    private readonly Loadavg _loadavg = new();
    private TaskCompletionSource? _nextChange;
    private long _changes;

    /// <param name="settings">The settings that the rules depend on.</param>
    /// <param name="outputs">Has the outputs of the jobs.</param>
    /// <param name="time">The clock of the core and its timer.</param>
    /// <param name="fault">Receives exceptions of the timer thread, which has no other observer.</param>
    public CoreHost(NodeSettings settings, OutputStore outputs, TimeProvider time, Action<Exception> fault)
    {
        _core = new NodeCore(settings, new Random());
        _recorder = new ChangeRecorder(outputs);
        _time = time;
        Outputs = outputs;
        _timer = new DeadlineTimer(time, () => Execute(TimeOut), fault);
    }

    /// <summary>A pool of this node may have a job to start. Raised outside the lock, from any thread.</summary>
    public event Action<string>? PoolWoken;

    /// <summary>Changes wait to be sent to a peer. Raised outside the lock, from any thread.</summary>
    public event Action<Peer>? PeerWoken;

    /// <summary>A run must be cancelled. Raised outside the lock, from any thread.</summary>
    public event Action<Run>? RunStopped;

    /// <summary>The time limit of a run has changed: seconds from its start. Raised outside the lock, from any thread.</summary>
    public event Action<Run, double?>? RunLimited;

    /// <summary>A run is to be suspended or resumed, perhaps once more. Raised outside the lock, from any thread.</summary>
    /// <remarks>Two changes may be raised in the wrong order: <see cref="Run.IsSuspended"/> has the present one.</remarks>
    public event Action<Run>? RunSuspended;

    /// <summary>Nodes went offline, or came online again. Raised outside the lock, from any thread.</summary>
    public event Action<IReadOnlyList<KnownNode>>? NodesSwitched;

    /// <summary>A run of a job ended, or a job ended without a run.</summary>
    /// <remarks>
    /// Raised in order: by the journal once the end is on disk, or without a journal inside the lock. Handlers must not block.
    /// </remarks>
    public event Action<Job>? JobEnded
    {
        add => _recorder.JobEnded += value;
        remove => _recorder.JobEnded -= value;
    }

    /// <summary>Two boxes of one name were found. Raised outside the lock, from any thread.</summary>
    public event Action<NameConflict>? NameConflict;

    /// <summary>The outputs of the jobs.</summary>
    public OutputStore Outputs { get; }

    /// <summary>The number of the latest change of any job.</summary>
    public long Seq
    {
        get
        {
            lock (_lock)
                return _core.Seq;
        }
    }

    /// <summary>The error of the journal while it cannot be written; null without an error or a journal.</summary>
    public string? SavingProblem => _recorder.Problem;

    /// <summary>The number of the latest line of the journal; 0 without a journal.</summary>
    public long Journaled => _recorder.Appended;

    /// <summary>Completes when the journal has all changes up to a number; it need not be on disk.</summary>
    /// <param name="seq">The number of change.</param>
    /// <param name="orFailing">True to complete also when the journal cannot be written.</param>
    public Task WrittenAsync(long seq, bool orFailing = false) => _recorder.WrittenAsync(seq, orFailing);

    /// <summary>Completes when the journal is on disk up to a line, or when that has failed.</summary>
    /// <returns>Null when it is on disk; otherwise the problem.</returns>
    public Task<string?> DurableAsync(long number) => _recorder.DurableAsync(number);

    /// <summary>Loads restored jobs into the empty core and resumes them; later changes go to the journal.</summary>
    /// <param name="jobs">The restored jobs.</param>
    /// <param name="removed">The removed jobs whose tombstones are restored, in the order of removal.</param>
    /// <param name="journal">The journal; null for none.</param>
    /// <param name="adopt">Adopts runs of the former instance.</param>
    public void Restore(
        IReadOnlyCollection<Job> jobs, IEnumerable<Job> removed, Journal? journal, Action<NodeCore, Instant> adopt)
    {
        Execute((core, now) =>
        {
            core.Load(jobs, now);
            core.LoadTombstones(removed);
            if (journal is not null)
                _recorder.Attach(journal, core.Seq);

            adopt(core, now);
            core.Resume(now);
        });
    }

    /// <summary>Merges copies that another node sent.</summary>
    /// <param name="copies">The copies.</param>
    /// <param name="merge">Merges them, whose large outputs are in files then.</param>
    public T Merge<T>(IReadOnlyList<Job> copies, Func<NodeCore, IReadOnlyList<Job>, Instant, T> merge)
    {
        var kept = Outputs.Keep(copies, ids => Execute((core, _) => ids.Select(core.Find).ToList()));
        var result = Execute((core, now) => merge(core, kept, now));
        if (kept != copies)
            Outputs.DeleteRejected(kept);
        return result;
    }

    /// <summary>Takes a snapshot of all jobs, and rotates the journal at the same instant, when a job has changed.</summary>
    /// <param name="savedSeq">The number of change of the last checkpoint.</param>
    /// <param name="savedTombstone">The number of the last tombstone that is saved; -1 to save all.</param>
    public Checkpoint TakeCheckpoint(long savedSeq, long savedTombstone) => Execute((core, _) => core.Seq == savedSeq
        ? new Checkpoint(null, savedSeq, [], savedTombstone, Task.CompletedTask)
        : new Checkpoint(
            core.Snapshot(), core.Seq, core.TombstonesSince(savedTombstone), core.TombstonesAdded, _recorder.RotateAsync()));

    /// <summary>The jobs that a query finds, and the number of change up to which they are complete.</summary>
    /// <remarks>The lock is held while candidates are looked up; conditions are checked after.</remarks>
    public ChangePiece Select(JobQuery query) => query.Select(Execute((core, _) => query.Candidates(core)));

    /// <summary>Completes at the next change of a job, or significant change of a node.</summary>
    /// <remarks>Get it before reading the core and await it afterwards, so that no change in between is missed.</remarks>
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

    /// <summary>The number of completed <see cref="NextChange"/>: as long as it is the same, there was no such change.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Enters the core.</summary>
    /// <param name="work">Code to run inside the lock; it must be short and must not block.</param>
    public T Execute<T>(Func<NodeCore, Instant, T> work)
    {
        var woken = Woken.Nobody;
        try
        {
            lock (_lock)
            {
                var now = Now();
                _loadavg.Refresh(_core, now);
                try
                {
                    return work(_core, now);
                }
                finally
                {
                    woken = CollectEffects();
                    _timer.Schedule(_core.NextDeadline(), now);
                }
            }
        }
        finally
        {
            Notify(woken);
        }
    }

    /// <summary>Enters the core, without a result.</summary>
    public void Execute(Action<NodeCore, Instant> work) => Execute((core, now) =>
    {
        work(core, now);
        return true;
    });

    public void Dispose() => _timer.Dispose();

    // The exception of one handler must not keep the others from what they wait for. The first one is thrown at the end.
    private void Notify(in Woken woken)
    {
        ExceptionDispatchInfo? first = null;
        Notify(woken.Suspended, RunSuspended, static (handler, run) => handler(run), ref first);
        Notify(woken.Limits, RunLimited, static (handler, limited) => handler(limited.Run, limited.Limit), ref first);
        Notify(woken.Stops, RunStopped, static (handler, run) => handler(run), ref first);
        Notify(woken.Pools, PoolWoken, static (handler, pool) => handler(pool), ref first);
        Notify(woken.Peers, PeerWoken, static (handler, peer) => handler(peer), ref first);
        Notify(woken.Switched, NodesSwitched, static (handler, nodes) => handler(nodes), ref first);
        Notify(woken.Conflicts, NameConflict, static (handler, conflict) => handler(conflict), ref first);
        first?.Throw();
    }

    private static void Notify<T, THandler>(
        T[] subjects, THandler? handlers, Action<THandler, T> call, ref ExceptionDispatchInfo? first)
        where THandler : Delegate
    {
        foreach (var subject in subjects)
        {
            foreach (var handler in Delegate.EnumerateInvocationList(handlers))
            {
                try
                {
                    call(handler, subject);
                }
#pragma warning disable CA1031 // Thrown by the caller, after the other calls.
                catch (Exception problem)
                {
                    first ??= ExceptionDispatchInfo.Capture(problem);
                }
#pragma warning restore CA1031
            }
        }
    }

    private void TimeOut(NodeCore core, Instant now)
    {
        _timer.Clear();
        core.Tick(now);
    }

    private Instant Now() => new(
        (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerSecond,
        _time.GetTimestamp() / (double)_time.TimestampFrequency);

    private Woken CollectEffects()
    {
        var effects = _core.Effects;
        _recorder.Record(_core);
        var taken = new Woken(
            effects.PoolsToWake.Count is 0 ? [] : [.. effects.PoolsToWake],
            effects.RunsToCancel.Count is 0 ? [] : [.. effects.RunsToCancel],
            effects.PeersToWake.Count is 0 ? [] : [.. effects.PeersToWake],
            effects.LimitedRuns.Count is 0 ? [] : [.. effects.LimitedRuns.Select(run => (run, run.Limit))],
            effects.SuspendedRuns.Count is 0 ? [] : [.. effects.SuspendedRuns],
            effects.OnlineChanges.Count is 0 ? [] : [[.. effects.OnlineChanges]],
            effects.NameConflicts.Count is 0 ? [] : [.. effects.NameConflicts]);
        if (effects.HaveJobsChanged || effects.HaveNodesChanged)
        {
            Volatile.Write(ref _changes, _changes + 1);
            _nextChange?.SetResult();
            _nextChange = null;
        }

        effects.Clear();
        return taken;
    }

    // The nodes that have switched in one turn are one line of the log.
    private readonly record struct Woken(
        string[] Pools,
        Run[] Stops,
        Peer[] Peers,
        (Run Run, double? Limit)[] Limits,
        Run[] Suspended,
        KnownNode[][] Switched,
        NameConflict[] Conflicts)
    {
        public static readonly Woken Nobody = new([], [], [], [], [], [], []);
    }
}
