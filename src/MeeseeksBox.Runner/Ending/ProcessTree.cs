using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Ending;

/// <summary>The process of a run with all its descendants, reparented ones included.</summary>
/// <param name="first">The process that the runner has started.</param>
/// <param name="run">The run id that marks all of them.</param>
/// <param name="killer">Kills them.</param>
/// <param name="time">The clock of all limits.</param>
internal sealed class ProcessTree(JobProcess first, string run, ProcessTreeKiller killer, TimeProvider time)
{
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

            return (await killer.KillAsync(Members)).Left;
        }
        catch (IOException)
        {
            if (!first.HasExited)
                _ = LibC.Kill(first.Pid, SignalNumber.Kill);

            throw;
        }
    }

    private async Task TerminateAsync(TimeSpan grace)
    {
        using var deadline = new CancellationTokenSource(grace, time);
        await killer.TerminateAsync(Members);
        try
        {
            _ = await first.Exited.WaitAsync(deadline.Token);
            await killer.UntilNoneAsync(Members, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The grace is over, and SIGKILL follows.
        }
    }

    // HasExited is read after the snapshot: if the process still runs now, its pid in the snapshot cannot have been reused. It leads a
    // session, which has no other process before it has started one.
    private IReadOnlyList<ProcessEntry> Members(ProcessSnapshot snapshot)
    {
        var pid = first.HasExited ? 0 : first.Pid;
        return snapshot.Trees(entry => entry.Run == run || entry.Pid == pid || (pid != 0 && entry.Session == pid));
    }
}
