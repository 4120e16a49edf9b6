using System.Diagnostics;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Starting;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Runs;

/// <summary>Starts the processes of runs; in a shortage of the system they wait. Used on the loop only.</summary>
/// <remarks>While runs wait, one of them at a time is tried. The others follow as soon as it has started.</remarks>
/// <param name="loop">The loop.</param>
/// <param name="launcher">Starts a process.</param>
/// <param name="launched">Called with the run of each order, and the result.</param>
internal sealed class StartQueue(EventLoop loop, Launcher launcher, Action<ManagedRun, Launch> launched)
{
    // On a host without idle processors, a start waits for one. Further starts and ends need not.
    private static readonly TimeSpan SlowStart = TimeSpan.FromMilliseconds(1);

    private readonly LinkedList<(StartOrder Order, ManagedRun Run)> _waiting = new();
    private TimeSpan _pause = Shortage.Pauses.First;
    private string _shortage = "";
    private bool _isTrying;

    // Moving average of the last starts.
    private TimeSpan _usualStart;

    /// <summary>Starts the process of a run, now or later.</summary>
    public void Add(StartOrder order, ManagedRun run)
    {
        if (_waiting.Count is 0)
        {
            Launch(order, run);
            return;
        }

        run.Note(Shortage.Note(_shortage));
        _ = _waiting.AddLast((order, run));
    }

    /// <summary>Answers for the runs that wait and have been ended.</summary>
    public void DropEnded()
    {
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Run.IsEndWanted)
            {
                _waiting.Remove(node);
                launched(node.Value.Run, Killed());
            }

            node = next;
        }
    }

    private static Launch Killed() => Starting.Launch.Failed("killed before it was started");

    // A file of the job may be on a disk that hangs.
    private void Launch(StartOrder order, ManagedRun run)
    {
        var launch = Killed();
        var took = TimeSpan.Zero;
        loop.Block(
            () =>
            {
                var begin = Stopwatch.GetTimestamp();
                if (!run.IsEndWanted)
                    launch = Try(order, run);
                took = Stopwatch.GetElapsedTime(begin);
            },
            () =>
            {
                _usualStart += (took - _usualStart) / 4;
                Conclude(order, run, launch);
            },
            isSlow: _usualStart > SlowStart);
    }

    private Launch Try(StartOrder order, ManagedRun run)
    {
        try
        {
            return launcher.Start(order, run.Limits?.Prepare(), () => loop.Post(run.Conclude));
        }
#pragma warning disable CA1031 // The box must have an answer after any failure.
        catch (Exception problem)
        {
            return Starting.Launch.Failed($"internal error of meeseeks-runner: {problem.Message}");
        }
#pragma warning restore CA1031
    }

    private void Conclude(StartOrder order, ManagedRun run, Launch launch)
    {
        if (launch.IsShortage && !run.IsEndWanted)
        {
            Wait(order, run, launch.Problem!);
            return;
        }

        launched(run, launch);
        if (launch.Process is not null)
            _pause = Shortage.Pauses.First;
        if (!_isTrying)
            TryNext();
    }

    private void Wait(StartOrder order, ManagedRun run, string problem)
    {
        if (!run.WaitsForSystem)
            run.Note(Shortage.Note(problem));

        run.WaitsForSystem = true;
        _shortage = problem;
        _ = _waiting.AddFirst((order, run));
        if (_isTrying)
            return;

        _isTrying = true;
        _ = loop.After(_pause, () =>
        {
            _isTrying = false;
            TryNext();
        });
        _pause = Shortage.Pauses.After(_pause);
    }

    private void TryNext()
    {
        if (_waiting.First is not { Value: var (order, run) })
            return;

        _waiting.RemoveFirst();
        Launch(order, run);
    }
}
