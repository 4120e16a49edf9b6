namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The process of one run of a job, with all that came from it, wherever they have moved to.</summary>
/// <param name="first">The process that the box has started.</param>
/// <param name="run">The mark that all of them carry.</param>
/// <param name="killer">Ends them.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessTree(ChildProcess first, string run, ProcessTreeKiller killer, TimeProvider time)
{
    private readonly HashSet<int> _sent = [];

    /// <summary>Ends all of them.</summary>
    /// <param name="grace">How long they may take to end by themselves when they are asked to; zero: they are not asked.</param>
    /// <returns>Those that could not be ended.</returns>
    /// <exception cref="IOException">They could not be looked for; the first one is killed all the same.</exception>
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

    /// <summary>The exit status to show: -N when our signal N ended the first process, else what the platform reports.</summary>
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
            // The grace is over; what comes next needs no consent.
        }
    }

    // Whether the first one lives is asked after the look: only then is what the look found under its number surely still it, and not
    // a stranger that got the number later.
    private IReadOnlyList<ProcessEntry> Members(ProcessSnapshot snapshot)
    {
        var pid = first.HasExited ? 0 : first.Pid;
        return snapshot.Trees(entry => entry.Run == run || entry.Pid == pid);
    }
}
