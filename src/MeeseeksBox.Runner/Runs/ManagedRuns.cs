using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Starting;

namespace MeeseeksBox.Runner.Runs;

/// <summary>All runs of the runner, and what the box asks for. Used on the loop only.</summary>
internal sealed class ManagedRuns
{
    private readonly Dictionary<string, ManagedRun> _runs = new(StringComparer.Ordinal);
    private readonly SessionLeaders _leaders = new();
    private readonly ProcessTreeKiller _killer;
    private readonly StartQueue _starts;
    private readonly EventLoop _loop;
    private readonly SpoolFolder _folder;
    private readonly RunnerGroup? _groups;
    private readonly MemoryWatch _memory;
    private readonly ProcessorChoice _processors = new(ProcessorSet.Own);
    private readonly Action<RunnerMessage> _tell;
    private readonly TimeProvider _time;

    /// <param name="loop">The loop.</param>
    /// <param name="folder">The folder for outputs.</param>
    /// <param name="children">Learns the ends of processes.</param>
    /// <param name="groups">The control groups of the runs; null without any.</param>
    /// <param name="time">The clock of kills.</param>
    /// <param name="tell">Sends a line to the box.</param>
    public ManagedRuns(
        EventLoop loop,
        SpoolFolder folder,
        ChildWaiter children,
        RunnerGroup? groups,
        TimeProvider time,
        Action<RunnerMessage> tell)
    {
        _groups = groups;
        _loop = loop;
        _folder = folder;
        _tell = tell;
        _killer = new ProcessTreeKiller(new ProcessTable(), time);
        _starts = new StartQueue(loop, new Launcher(children), Launched);
        _memory = new MemoryWatch(loop, new ResidentMemory());
        _time = time;
    }

    /// <summary>True while a run has not ended.</summary>
    public bool IsBusy => _runs.Values.Any(run => !run.HasEnded);

    /// <summary>True when the box has forgotten all runs.</summary>
    public bool IsEmpty => _runs.Count is 0;

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
                run.End(Time(message, RunnerField.Grace) ?? TimeSpan.Zero);
                _starts.DropEnded();
                break;
            case RunnerVerb.Runtime when _runs.TryGetValue(message.Run, out var run):
                SetLimit(run, message);
                break;
            case RunnerVerb.Suspend or RunnerVerb.Resume when _runs.TryGetValue(message.Run, out var run):
                run.Suspend(message.Verb is RunnerVerb.Suspend);
                break;
            case RunnerVerb.Signal when _runs.TryGetValue(message.Run, out var run) && message.Number(RunnerField.Signal) is { } signal:
                run.Signal((int)signal);
                break;
            case RunnerVerb.Signal:
                _tell(RunLine.Signalled(message.Run, ErrorNumber.NoProcess));
                break;
            case RunnerVerb.Watch when _runs.TryGetValue(message.Run, out var run):
                foreach (var name in (string[])[RunnerField.Output, RunnerField.Errors])
                {
                    if (message.Number(name) is { } offset)
                        run.Outputs.Watch(name, offset);
                }

                break;
            case RunnerVerb.Forget when _runs.TryGetValue(message.Run, out var run):
                Forget(run);
                break;
            default:
                // A line of a later version, or about a run that is forgotten.
                break;
        }
    }

    /// <summary>Tells a box about all runs.</summary>
    public void Describe()
    {
        foreach (var run in _runs.Values)
            run.Describe();
        _tell(new RunnerMessage(RunnerVerb.Ready));
    }

    /// <summary>Enforces the time limits of all runs from now on, because there is no box, or no longer.</summary>
    public void EnforceLimits(bool isWanted)
    {
        foreach (var run in _runs.Values)
            run.TimeLimit.Enforce(isWanted);
    }

    /// <summary>Ends the processes of all runs.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    public void EndAll(TimeSpan grace) => End(_ => true, grace);

    /// <summary>Tells the box that a run is not started.</summary>
    public void Refuse(string run, string problem) => _tell(RunLine.Refused(run, problem));

    /// <summary>Ends the runs that have no process yet.</summary>
    public void EndUnstarted() => End(run => !run.HasStarted, TimeSpan.Zero);

    private void End(Func<ManagedRun, bool> isWanted, TimeSpan grace)
    {
        foreach (var run in _runs.Values.Where(isWanted).ToList())
            run.End(grace);
        _starts.DropEnded();
    }

    // Also one that has not ended, which nobody could end otherwise.
    private void Forget(ManagedRun run)
    {
        run.IsForgotten = true;
        run.End(TimeSpan.Zero);
        _starts.DropEnded();
        if (run.HasEnded)
            Remove(run);
    }

    private void Remove(ManagedRun run)
    {
        if (_runs.Remove(run.Id))
            run.Outputs.Discard();
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

        var group = _groups?.GroupOf(order.Run, _loop);
        var limits = RunLimits.Of(message) is { } asked ? new LimitedRun(asked, group, _memory, _processors) : null;
        var run = new ManagedRun(
            order, _loop, _folder, group, limits, process => new(process, order.Run, _killer, _leaders, group, _time), _tell, Ended);
        _runs.Add(order.Run, run);
        SetLimit(run, message);
        _starts.Add(order, run);
    }

    // The id becomes a part of the name of a file.
    private static bool IsName(string run) =>
        run.Length is > 0 and < 200 && run.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.');

    private void Launched(ManagedRun run, Launch launch)
    {
        if (launch.Process is { } process)
        {
            run.Started(process, launch.Output, launch.Errors);
            return;
        }

        run.Refused();
        _ = _runs.Remove(run.Id);
        Refuse(run.Id, launch.Problem!);
        RunEnded();
    }

    private static void SetLimit(ManagedRun run, RunnerMessage message) =>
        run.TimeLimit.Set(Time(message, RunnerField.Runtime), Time(message, RunnerField.Grace) ?? TimeSpan.Zero);

    private static TimeSpan? Time(RunnerMessage message, string field) =>
        message.Number(field) is { } number ? TimeSpan.FromMilliseconds(number) : null;
}
