namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Ends what is left of jobs whose box has crashed (docs/SPECIFICATION.md#orphans).</summary>
/// <param name="processes">The processes of this host.</param>
/// <param name="time">The clock.</param>
internal sealed class Orphans(ProcessTable processes, TimeProvider time)
{
    // The kernel counts in hundredths of a second since boot, and tells the boot in whole seconds; what the state holds was noted a little later.
    private const double TicksPerSecond = 100;
    private const double Tolerance = 2;

    private readonly ProcessTreeKiller _killer = new(processes, time);

    /// <summary>Ends all processes whose mark begins with a text, with all that descend from them.</summary>
    /// <param name="prefix">How the runs of this box begin: the owner and its dot, so that <c>a1.</c> does not reach what is <c>a12</c>'s.</param>
    public Task<KillResult> EndByMarkAsync(string prefix) =>
        _killer.KillAsync(snapshot => snapshot.Trees(entry => entry.Run is { } run && run.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>Ends a process that a job's record names, with all that descend from it, if it still is the one that was started then.</summary>
    /// <param name="pid">The job's <c>pid</c>.</param>
    /// <param name="startTs">The job's <c>start_ts</c>: seconds since 1970.</param>
    /// <returns>Nothing when the number belongs to no process, or to a later or an earlier one.</returns>
    public Task<KillResult> EndByPidAsync(int pid, double startTs)
    {
        var boot = ProcFs.BootTs();
        return _killer.KillAsync(snapshot => snapshot.Trees(
            entry => entry.Pid == pid && Math.Abs(boot + (entry.StartTicks / TicksPerSecond) - startTs) <= Tolerance));
    }
}
