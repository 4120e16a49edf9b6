namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The process of a run with all its descendants, reparented ones included.</summary>
/// <param name="first">The process that the box has started.</param>
/// <param name="run">The run id that marks all of them.</param>
/// <param name="killer">Kills them.</param>
/// <param name="time">The clock of all limits.</param>
internal sealed class ProcessTree(ChildProcess first, string run, ProcessTreeKiller killer, TimeProvider time)
{
    private readonly HashSet<int> _sent = [];

    /// <summary>Ends all processes of the tree.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    /// <returns>Processes that could not be killed.</returns>
    /// <exception cref="IOException">No snapshot could be taken; only the first process was killed.</exception>
    public async Task<IReadOnlyList<ProcessEntry>> EndAsync(TimeSpan grace)
    {
        try
        {
            return await EndAllAsync(grace);
        }
        catch (IOException)
        {
            if (!first.HasExited)
            {
                _sent.Add(Signals.Kill);
                _ = LibC.Kill(first.Pid, Signals.Kill);
            }

            throw;
        }
    }

    /// <summary>The exit status of the job: -N when our signal N ended the first process, else that of the platform.</summary>
    public int Rc()
    {
        var signal = first.ExitCode - 128;
        return _sent.Contains(signal) ? -signal : first.ExitCode;
    }

    private async Task<IReadOnlyList<ProcessEntry>> EndAllAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero)
            await TerminateAsync(grace);

        if (!first.HasExited)
            _sent.Add(Signals.Kill);

        return (await killer.KillAsync(Members)).Left;
    }

    private async Task TerminateAsync(TimeSpan grace)
    {
        using var deadline = new CancellationTokenSource(grace, time);
        if (!first.HasExited)
            _sent.Add(Signals.Terminate);

        await killer.TerminateAsync(Members);
        try
        {
            await first.WaitForExitAsync(deadline.Token);
            await killer.UntilNoneAsync(Members, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The grace is over, and SIGKILL follows.
        }
    }

    // HasExited is read after the snapshot: if the process still runs now, its pid in the snapshot cannot have been reused.
    private IReadOnlyList<ProcessEntry> Members(ProcessSnapshot snapshot)
    {
        var pid = first.HasExited ? 0 : first.Pid;
        return snapshot.Trees(entry => entry.Run == run || entry.Pid == pid);
    }
}
