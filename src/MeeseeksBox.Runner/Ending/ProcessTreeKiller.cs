using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Ending;

/// <summary>Signals processes, and takes snapshots until none is left.</summary>
/// <param name="processes">The processes of this host.</param>
/// <param name="time">The clock of all limits.</param>
internal sealed class ProcessTreeKiller(ProcessTable processes, TimeProvider time)
{
    /// <summary>Time limit for processes that do not end, for instance because they hang in the kernel.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100));

    /// <summary>Sends SIGTERM once, and SIGCONT, so that stopped processes can act on it.</summary>
    /// <exception cref="IOException">No snapshot could be taken within <see cref="Timeout"/>.</exception>
    public async Task TerminateAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom) =>
        SignalAll(whom(await SnapshotAsync(time.GetTimestamp())), SignalNumber.Terminate, SignalNumber.Continue);

    /// <summary>Waits until a snapshot has none of the processes.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled before all had ended.</exception>
    /// <exception cref="IOException">No snapshot could be taken within <see cref="Timeout"/>.</exception>
    public async Task UntilNoneAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom, CancellationToken giveUp)
    {
        for (var pause = Pauses.First; whom(await SnapshotAsync(time.GetTimestamp())).Count > 0; pause = Pauses.After(pause))
            await Task.Delay(pause, time, giveUp);
    }

    /// <summary>Sends SIGSTOP to processes until a snapshot has only stopped ones, or until <see cref="Timeout"/>.</summary>
    /// <exception cref="IOException">No snapshot could be taken within <see cref="Timeout"/>.</exception>
    public async Task StopAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom)
    {
        var begin = time.GetTimestamp();
        for (var pause = Pauses.First; time.GetElapsedTime(begin) <= Timeout; pause = Pauses.After(pause))
        {
            var running = whom(await SnapshotAsync(begin)).Where(entry => !entry.IsStopped).ToList();
            if (running.Count is 0)
                return;

            // Also those of the last turn: a signal takes effect later, and another process may continue them.
            SignalAll(running, SignalNumber.Stop);
            await Task.Delay(pause, time, CancellationToken.None);
        }
    }

    /// <summary>Sends SIGCONT to processes, which have no new ones while they are stopped.</summary>
    /// <exception cref="IOException">No snapshot could be taken within <see cref="Timeout"/>.</exception>
    public async Task ContinueAsync(Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom) =>
        SignalAll(whom(await SnapshotAsync(time.GetTimestamp())), SignalNumber.Continue);

    /// <summary>Kills processes until a snapshot has none of them.</summary>
    /// <remarks>
    /// All of them get SIGSTOP before the first SIGKILL, until a snapshot has no new one. A stopped process starts no more processes, and
    /// a process without the mark is still found as long as its parent exists.
    /// </remarks>
    /// <returns>The killed processes, and those that did not end within <see cref="Timeout"/>.</returns>
    /// <exception cref="IOException">
    /// No snapshot could be taken within <see cref="Timeout"/>; all processes found until then were killed.
    /// </exception>
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
            SignalAll(seen.Values, SignalNumber.Kill);
            throw;
        }
    }

    private async Task<KillResult> KillAsync(
        Func<ProcessSnapshot, IReadOnlyList<ProcessEntry>> whom, Dictionary<int, ProcessEntry> seen, long begin)
    {
        long? killedAt = null;
        for (var pause = Pauses.First; ;)
        {
            var snapshot = await SnapshotAsync(killedAt ?? begin);

            // While it exits, a process has neither its mark nor its parent any more.
            IReadOnlyList<ProcessEntry> alive =
                [.. whom(snapshot).UnionBy(seen.Values.Where(snapshot.Has), entry => entry.Pid)];
            if (alive.Count == 0 || (killedAt is { } since && time.GetElapsedTime(since) > Timeout && pause == Pauses.Longest))
                return new KillResult([.. seen.Values.ExceptBy(alive.Select(left => left.Pid), entry => entry.Pid)], alive);

            if (StopNew(alive, seen) && time.GetElapsedTime(begin) <= Timeout)
                continue;

            // A snapshot may take seconds on a busy host. So the timeout counts from the first SIGKILL, and requires some pauses too.
            SignalAll(alive, SignalNumber.Kill);
            killedAt ??= time.GetTimestamp();
            await Task.Delay(pause, time, CancellationToken.None);
            pause = Pauses.After(pause);
        }
    }

    // True when there were new ones.
    private static bool StopNew(IReadOnlyList<ProcessEntry> alive, Dictionary<int, ProcessEntry> seen)
    {
        var added = alive.Where(entry => seen.TryAdd(entry.Pid, entry)).ToList();
        SignalAll(added, SignalNumber.Stop);
        return added.Count > 0;
    }

    // A snapshot needs a file descriptor, and the box may have none left at the moment.
    private async Task<ProcessSnapshot> SnapshotAsync(long begin)
    {
        for (var pause = Pauses.First; ; pause = Pauses.After(pause))
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

    private static void SignalAll(IEnumerable<ProcessEntry> entries, params ReadOnlySpan<int> signals)
    {
        foreach (var entry in entries)
            ProcessSignals.Send(entry, signals);
    }
}
