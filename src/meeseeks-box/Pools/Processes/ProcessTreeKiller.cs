namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Ends processes for good: signals whoever is found, and looks again until nobody is.</summary>
/// <param name="processes">The processes of this host.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessTreeKiller(ProcessTable processes, TimeProvider time)
{
    /// <summary>How long it is tried to end what does not end, such as a process that hangs in the kernel.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks processes once to end.</summary>
    /// <exception cref="IOException">They could not be looked for within <see cref="Timeout"/>.</exception>
    public async Task TerminateAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom) =>
        SignalAll(whom(await SnapshotAsync(time.GetTimestamp())), Signals.Terminate);

    /// <summary>Waits until a look finds none.</summary>
    /// <exception cref="OperationCanceledException">There were still some when the wait was given up.</exception>
    /// <exception cref="IOException">They could not be looked for within <see cref="Timeout"/>.</exception>
    public async Task UntilNoneAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom, CancellationToken giveUp)
    {
        for (var pause = FirstPause; whom(await SnapshotAsync(time.GetTimestamp())).Count > 0; pause = Longer(pause))
            await Task.Delay(pause, time, giveUp);
    }

    /// <summary>Kills processes until a look finds none.</summary>
    /// <remarks>
    /// They are all stopped before the first is killed, until a look finds nobody new: what is stopped starts no more processes, and
    /// while its parent is there, a process that hides its mark is still found.
    /// </remarks>
    /// <returns>Who was killed, and who could not be within <see cref="Timeout"/>.</returns>
    /// <exception cref="IOException">They could not be looked for within <see cref="Timeout"/>; those that had been found are killed.</exception>
    public async Task<KillResult> KillAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom)
    {
        var seen = new Dictionary<int, ProcessEntry>();
        var begin = time.GetTimestamp();
        try
        {
            return await KillAsync(whom, seen, begin);
        }
        catch (IOException)
        {
            SignalAll(seen.Values, Signals.Kill);
            throw;
        }
    }

    private async Task<KillResult> KillAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom, Dictionary<int, ProcessEntry> seen, long begin)
    {
        long? killedAt = null;
        for (var pause = FirstPause; ;)
        {
            var alive = whom(await SnapshotAsync(killedAt ?? begin));
            if (alive.Count == 0 || (killedAt is { } since && time.GetElapsedTime(since) > Timeout && pause == LongestPause))
                return new KillResult([.. seen.Values.ExceptBy(alive.Select(left => left.Pid), entry => entry.Pid)], alive);

            var added = alive.Where(entry => seen.TryAdd(entry.Pid, entry)).ToList();
            SignalAll(added, Signals.Stop);
            if (added.Count > 0 && time.GetElapsedTime(begin) <= Timeout)
                continue;

            // On a busy host a look may take seconds: whatever the time, nobody is given up who was not killed before, and given some pauses to die.
            SignalAll(alive, Signals.Kill);
            killedAt ??= time.GetTimestamp();
            await Task.Delay(pause, time, CancellationToken.None);
            pause = Longer(pause);
        }
    }

    // A look needs a handle, and the box may have none left just now.
    private async Task<ProcessSnapshot> SnapshotAsync(long begin)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await processes.SnapshotAsync();
            }
            catch (IOException) when (time.GetElapsedTime(begin) <= Timeout)
            {
                await Task.Delay(pause, time, CancellationToken.None);
            }
        }
    }

    // A failure is no news: who has ended meanwhile is not found again, and who may not be signalled is.
    private static void SignalAll(IEnumerable<ProcessEntry> entries, int signal)
    {
        foreach (var entry in entries)
            _ = LibC.Kill(entry.Pid, signal);
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
