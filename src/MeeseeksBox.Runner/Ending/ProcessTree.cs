using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Ending;

/// <summary>The process of a run with all its descendants, reparented ones included (docs/SPECIFICATION.md#process-kill).</summary>
internal sealed class ProcessTree
{
    // A run of weeks may have had many, whose limit of memory is watched.
    private const int MostSeen = 10_000;

    private readonly string _run;
    private readonly ProcessTreeKiller _killer;
    private readonly SessionLeaders _leaders;
    private readonly RunGroup? _group;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HashSet<(int Pid, long StartTicks)> _seen = [];

    /// <param name="first">The process that the runner has started, the leader of its session.</param>
    /// <param name="run">The run id that marks all of them.</param>
    /// <param name="killer">Kills them.</param>
    /// <param name="leaders">Tells whose a session is.</param>
    /// <param name="group">Its control group; null without one.</param>
    /// <param name="time">The clock of all limits.</param>
    public ProcessTree(
        JobProcess first, string run, ProcessTreeKiller killer, SessionLeaders leaders, RunGroup? group, TimeProvider time)
    {
        (First, _run, _killer, _leaders, _group, _time) = (first, run, killer, leaders, group, time);
        leaders.Add(first.Pid, run);
    }

    /// <summary>The process that the runner has started, the leader of its session.</summary>
    public JobProcess First { get; }

    /// <summary>Processes of the last snapshot that nothing ties to a run: children of the runner in a session of their own.</summary>
    public IReadOnlyList<ProcessEntry> Strays { get; private set; } = [];

    /// <summary>Ends all processes of the tree.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    /// <returns>Processes that could not be killed.</returns>
    /// <exception cref="IOException">No snapshot could be taken; only the first process was killed.</exception>
    public async Task<IReadOnlyList<ProcessEntry>> EndAsync(TimeSpan grace)
    {
        try
        {
            if (grace > TimeSpan.Zero)
                await TerminateAsync(grace);

            _group?.Kill();
            return (await _killer.KillAsync(Members)).Left;
        }
        catch (IOException)
        {
            _group?.Kill();
            _ = First.Signal(SignalNumber.Kill);
            throw;
        }
    }

    /// <summary>Stops all processes of the tree until <c>isFrozen</c> is false, or continues them.</summary>
    /// <exception cref="IOException">No snapshot could be taken.</exception>
    public async Task SetFrozenAsync(bool isFrozen)
    {
        if (!isFrozen)
        {
            _group?.SetFrozen(false);
            await _killer.ContinueAsync(Members);
            return;
        }

        // Stopped first, so that everybody sees the usual state. In a frozen group, no SIGCONT of another process continues them.
        await _killer.StopAsync(Unfrozen);
        _group?.SetFrozen(true);
    }

    /// <summary>The processes of the tree in a snapshot. A suspension and a kill may look for them at the same time.</summary>
    public IReadOnlyList<ProcessEntry> Members(ProcessSnapshot snapshot)
    {
        lock (_lock)
            return Find(snapshot);
    }

    /// <summary>Forgets the session: the run has ended, and a later one may get its id.</summary>
    public void ReleaseSession() => _leaders.Remove(First.Pid, _run);

    private async Task TerminateAsync(TimeSpan grace)
    {
        using var deadline = new CancellationTokenSource(grace, _time);
        await _killer.TerminateAsync(Members);
        try
        {
            _ = await First.Exited.WaitAsync(deadline.Token);
            await _killer.UntilNoneAsync(Members, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The grace is over, and SIGKILL follows.
        }
    }

    // A frozen process cannot act on SIGSTOP, and need not.
    private IReadOnlyList<ProcessEntry> Unfrozen(ProcessSnapshot snapshot)
    {
        var members = Members(snapshot);
        if (_group is not { IsFrozen: true })
            return members;

        var frozen = _group.Processes().ToHashSet();
        return [.. members.Where(entry => !frozen.Contains(entry.Pid))];
    }

    // HasExited is read after the snapshot: if the process still runs now, its pid in the snapshot cannot have been reused.
    private IReadOnlyList<ProcessEntry> Find(ProcessSnapshot snapshot)
    {
        var pid = First.HasExited ? 0 : First.Pid;
        var begin = snapshot.Find(pid)?.StartTicks ?? 0;
        var grouped = _group?.Processes().ToHashSet() ?? [];
        var members = snapshot.Trees(entry => entry.Run == _run || entry.Pid == pid || IsOfSession(snapshot, entry)
            || grouped.Contains(entry.Pid)
            || _seen.Contains((entry.Pid, entry.StartTicks)));
        _seen.UnionWith(members.Select(entry => (entry.Pid, entry.StartTicks)));
        if (_seen.Count > MostSeen)
            _seen.RemoveWhere(seen => snapshot.Find(seen.Pid)?.StartTicks != seen.StartTicks);
        // A child that has not executed its program yet is the process of another run.
        Strays = [.. snapshot.ChildrenOf(Environment.ProcessId).Where(entry => entry.Run is null && entry.StartTicks >= begin
            && !_leaders.IsKnown(entry.Session) && !_seen.Contains((entry.Pid, entry.StartTicks))
            && !ProcFs.Executes(entry.Pid, SystemCall.OwnProgram))];
        return members;
    }

    // The session outlives its leader. Processes of the runner alone count: the pid of an empty session may have become that of a stranger.
    private bool IsOfSession(ProcessSnapshot snapshot, ProcessEntry entry) =>
        entry.Session == First.Pid && _leaders.IsOf(entry.Session, _run)
        && snapshot.IsDescendant(entry, Environment.ProcessId);
}
