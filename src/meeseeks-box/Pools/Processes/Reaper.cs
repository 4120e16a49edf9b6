namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Ends processes for good: signals whoever is found, and looks again until nobody is.</summary>
/// <param name="processes">The processes of this host.</param>
/// <param name="time">The clock.</param>
internal sealed class Reaper(ProcessTable processes, TimeProvider time)
{
    /// <summary>How long it is tried to end what does not end, such as a process that hangs in the kernel.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks processes once to end.</summary>
    public async Task AskAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom)
    {
        foreach (var entry in whom(await processes.LookAsync()))
            _ = LibC.Kill(entry.Pid, Signals.Terminate);
    }

    /// <summary>Waits until a look finds none.</summary>
    /// <exception cref="OperationCanceledException">There were still some when the wait was given up.</exception>
    public async Task UntilNoneAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom, CancellationToken giveUp)
    {
        for (var pause = FirstPause; whom(await processes.LookAsync()).Count > 0; pause = Longer(pause))
            await Task.Delay(pause, time, giveUp);
    }

    /// <summary>Kills processes until a look finds none, since one that is just being started escapes the first.</summary>
    /// <returns>Who was killed, and who could not be within <see cref="Patience"/>.</returns>
    public async Task<Reaped> KillAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom)
    {
        var killed = new Dictionary<int, ProcessEntry>();
        var begin = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var alive = whom(await processes.LookAsync());
            if (alive.Count == 0 || time.GetElapsedTime(begin) > Patience)
                return new Reaped([.. killed.Values.Where(entry => !alive.Any(left => left.Pid == entry.Pid))], alive);

            foreach (var entry in alive)
            {
                // A failure is no news: who has ended meanwhile is not found again, and who may not be killed is.
                _ = LibC.Kill(entry.Pid, Signals.Kill);
                killed[entry.Pid] = entry;
            }

            await Task.Delay(pause, time, CancellationToken.None);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
