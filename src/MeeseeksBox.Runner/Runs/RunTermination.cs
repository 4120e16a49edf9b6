using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.Runs;

/// <summary>Ends the processes of a run, with the shortest grace that was asked for. Used on the loop only.</summary>
/// <param name="loop">The loop.</param>
/// <param name="note">Receives a failure.</param>
/// <param name="ended">Called after a kill that has ended the process of the run.</param>
/// <param name="giveUp">Called with the reason when a kill does not end it.</param>
internal sealed class RunTermination(EventLoop loop, Action<string> note, Action ended, Action<string> giveUp)
{
    private TimeSpan? _grace;
    private volatile bool _isWanted;
    private int _kills;
    private LoopTimer? _timer;

    /// <summary>True when the box has asked for it. May be read by any thread.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>True when it was asked for without a grace.</summary>
    public bool IsForced => _grace == TimeSpan.Zero;

    /// <summary>True during a kill. A run has ended when all its kills have.</summary>
    public bool IsActive => _kills > 0;

    /// <summary>Takes over a grace.</summary>
    /// <returns>False when the former one is not longer.</returns>
    public bool TryTakeOver(TimeSpan grace)
    {
        if (_grace is { } former && former <= grace)
            return false;

        (_grace, _isWanted) = (grace, true);
        return true;
    }

    /// <summary>Begins to end the processes, when that is wanted.</summary>
    public void Follow(ProcessTree tree)
    {
        if (_grace is not { } grace)
            return;

        _kills++;
        _ = KillAsync(tree, grace);
    }

    /// <summary>Gives up no more: the end of the run is reported.</summary>
    public void Stop() => _timer?.Cancel();

    private async Task KillAsync(ProcessTree tree, TimeSpan grace)
    {
        try
        {
            var left = await tree.EndAsync(grace);
            if (left.Count > 0)
                loop.Post(() => note($"processes could not be killed: {string.Join(", ", left)}"));
            if (tree.Strays is { Count: > 0 } strays)
                loop.Post(() => note($"processes left running, which may or may not belong to it: {string.Join(", ", strays)}"));
        }
#pragma warning disable CA1031 // The run must end after any failure.
        catch (Exception problem)
        {
            loop.Post(() => note($"process {tree.First.Pid} killed, but its descendants could not be enumerated: {problem.Message}"));
        }
#pragma warning restore CA1031

        loop.Post(() => Killed(tree));
    }

    private void Killed(ProcessTree tree)
    {
        _kills--;
        if (tree.First.HasExited)
        {
            ended();
            return;
        }

        Stop();
        _timer = loop.After(ProcessTreeKiller.Timeout, () =>
        {
            if (!tree.First.HasExited)
                giveUp($"process {tree.First.Pid} killed, but not ended: it may hang in the kernel");
        });
    }
}
