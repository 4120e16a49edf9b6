using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Starting;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Runs;

/// <summary>All runs of the runner, and what the box asks for. Used by the thread of the loop only.</summary>
/// <param name="loop">The loop.</param>
/// <param name="folder">The folder for the output of the runs.</param>
/// <param name="children">Learns the ends of processes.</param>
/// <param name="time">The clock of all limits.</param>
/// <param name="tell">Sends a line to the box.</param>
internal sealed class ManagedRuns(EventLoop loop, string folder, ChildWaiter children, TimeProvider time, Action<RunnerMessage> tell)
{
    private readonly Dictionary<string, ManagedRun> _runs = new(StringComparer.Ordinal);
    private readonly ProcessTreeKiller _killer = new(new ProcessTable(), time);

    /// <summary>True while a run has not ended.</summary>
    public bool IsBusy => _runs.Values.Any(run => !run.HasEnded);

    /// <summary>Called when a run has ended.</summary>
    public Action RunEnded { get; set; } = () => { };

    /// <summary>Carries out a line of the box.</summary>
    public void Handle(RunnerMessage message)
    {
        switch (message.Verb)
        {
            case RunnerVerb.Start:
                Start(message);
                break;
            case RunnerVerb.End when _runs.TryGetValue(message.Run, out var run):
                run.End(TimeSpan.FromMilliseconds(message.Number(RunnerField.Grace) ?? 0));
                break;
            case RunnerVerb.Forget when _runs.TryGetValue(message.Run, out var run):
                Forget(run);
                break;
            default:
                // A line of a later version, or about a run that is forgotten.
                break;
        }
    }

    /// <summary>Kills the processes of all runs.</summary>
    public void EndAll() => End(_ => true);

    /// <summary>Ends the runs that have no process yet.</summary>
    public void EndUnstarted() => End(run => !run.HasStarted);

    private void End(Func<ManagedRun, bool> isWanted)
    {
        foreach (var run in _runs.Values.Where(isWanted).ToList())
            run.End(TimeSpan.Zero);
    }

    // Also one that has not ended, which nobody could end otherwise.
    private void Forget(ManagedRun run)
    {
        run.IsForgotten = true;
        run.End(TimeSpan.Zero);
        if (run.HasEnded)
            Remove(run);
    }

    private void Remove(ManagedRun run)
    {
        _ = _runs.Remove(run.Id);
        run.Discard();
    }

    private void Ended(ManagedRun run)
    {
        if (run.IsForgotten)
            Remove(run);
        RunEnded();
    }

    private void Start(RunnerMessage message)
    {
        if (StartOrder.Of(message) is not { } order || !IsName(message.Run) || _runs.ContainsKey(message.Run))
        {
            Refuse(message.Run, "the order to the runner is incomplete or doubled");
            return;
        }

        var run = new ManagedRun(order.Run, order.Limit, folder, loop, _killer, time, tell, Ended);
        _runs.Add(order.Run, run);

        // On another thread, because a file of the job may be on a disk that hangs.
        _ = Task.Run(() => LaunchAsync(order, run));
    }

    // The id becomes a part of the name of a file.
    private static bool IsName(string run) =>
        run.Length is > 0 and < 200 && run.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.');

    private async Task LaunchAsync(StartOrder order, ManagedRun run)
    {
        for (var pause = Shortage.Pauses.First; ; pause = Shortage.Pauses.After(pause))
        {
            children.Announce();
            var launch = run.IsEndWanted ? Launch.Failed("killed before it was started") : TryLaunch(order);
            JobProcess? process = null;
            if (launch.Problem is null)
                process = children.Add(launch.Pid);
            else
                children.Abandon();

            if (!launch.IsShortage || run.IsEndWanted)
            {
                loop.Post(() => Launched(run, launch, process));
                return;
            }

            if (pause == Shortage.Pauses.First)
                loop.Post(() => run.Note(Shortage.Note(launch.Problem!)));
            await Task.Delay(pause, time);
        }
    }

    private static Launch TryLaunch(StartOrder order)
    {
        try
        {
            return Launcher.Start(order);
        }
#pragma warning disable CA1031 // The box must have an answer after any failure.
        catch (Exception problem)
        {
            return Launch.Failed($"internal error of meeseeks-runner: {problem.Message}");
        }
#pragma warning restore CA1031
    }

    private void Launched(ManagedRun run, Launch launch, JobProcess? process)
    {
        if (process is not null)
        {
            run.Started(process, launch.Output, launch.Errors);
            return;
        }

        _ = _runs.Remove(run.Id);
        Refuse(run.Id, launch.Problem!);
        RunEnded();
    }

    private void Refuse(string run, string problem) =>
        tell(new RunnerMessage(RunnerVerb.Refused, run).With(RunnerField.Text, problem));
}
