namespace MeeseeksBox.Runner.Ending;

/// <summary>Kills the processes that jobs left behind after a crash of the box (docs/SPECIFICATION.md#orphans).</summary>
/// <param name="processes">The processes of this host.</param>
/// <param name="time">The clock of all limits.</param>
internal sealed class Orphans(ProcessTable processes, TimeProvider time)
{
    // The kernel counts hundredths of a second since boot, and has the boot time in whole seconds. The box records start_ts a little later.
    private const double TicksPerSecond = 100;
    private const double Tolerance = 2;

    private readonly ProcessTreeKiller _killer = new(processes, time);

    /// <summary>Kills all processes whose mark has a prefix, with their descendants.</summary>
    /// <param name="prefix">The owner of the runs with its dot, so that <c>a1.</c> does not match the runs of <c>a12</c>.</param>
    /// <param name="spared">The runs that go on.</param>
    public Task<KillResult> EndByMarkAsync(string prefix, params IReadOnlyCollection<string> spared)
    {
        var going = spared.ToHashSet(StringComparer.Ordinal);
        return _killer.KillAsync(snapshot => snapshot.Trees(
            entry => entry.Run is { } run && run.StartsWith(prefix, StringComparison.Ordinal) && !going.Contains(run)));
    }

    /// <summary>Kills all processes of a run, with their descendants.</summary>
    public Task<KillResult> EndRunAsync(string run) => _killer.KillAsync(snapshot => snapshot.Trees(entry => entry.Run == run));

    /// <summary>Kills the process of a stored job with its descendants, unless its pid was reused.</summary>
    /// <param name="pid">The job's <c>pid</c>.</param>
    /// <param name="startTs">The job's <c>start_ts</c>: seconds since 1970.</param>
    /// <param name="user">The uid of the job: the runner of another user may have told any pid.</param>
    /// <returns>An empty result when no process of the user with that pid started at that time.</returns>
    public Task<KillResult> EndByPidAsync(int pid, double startTs, uint user)
    {
        var boot = ProcFs.BootTs();
        return _killer.KillAsync(snapshot => snapshot.Trees(
            entry => entry.Pid == pid && Math.Abs(boot + (entry.StartTicks / TicksPerSecond) - startTs) <= Tolerance
                && ProcFs.UserOf(pid) == user));
    }
}
