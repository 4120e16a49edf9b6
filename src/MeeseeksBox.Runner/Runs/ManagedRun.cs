using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Starting;

namespace MeeseeksBox.Runner.Runs;

/// <summary>One run of a job, from its order to its end. Used on the loop only.</summary>
internal sealed class ManagedRun
{
    private readonly StartOrder _order;
    private readonly EventLoop _loop;
    private readonly RunGroup? _group;
    private readonly Func<JobProcess, ProcessTree> _treeOf;
    private readonly Action<RunnerMessage> _tell;
    private readonly Action<ManagedRun> _ended;
    private readonly RunTermination _termination;
    private ProcessTree? _tree;
    private RunSuspension? _suspension;
    private bool _isSuspended;
    private bool _isOverdue;
    private RunnerMessage? _end;

    /// <param name="order">The process to start.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="folder">The folder for its output.</param>
    /// <param name="group">Its control group; null without one.</param>
    /// <param name="limits">The limits of its memory and its processors; null without any.</param>
    /// <param name="treeOf">Makes the tree of a process that has started.</param>
    /// <param name="tell">Sends a line to the box.</param>
    /// <param name="ended">Called after its end.</param>
    public ManagedRun(
        StartOrder order, EventLoop loop, SpoolFolder folder, RunGroup? group, LimitedRun? limits,
        Func<JobProcess, ProcessTree> treeOf, Action<RunnerMessage> tell, Action<ManagedRun> ended)
    {
        (_order, _loop, _group, _treeOf, _tell, _ended) = (order, loop, group, treeOf, tell, ended);
        Limits = limits;
        TimeLimit = new TimeLimit(loop, () => HasEnded ? null : Process, EndOverdue);
        Outputs = new RunOutputs(Id, order.Limit, loop, folder, tell, Conclude);
        _termination = new RunTermination(loop, Note, Conclude, GiveUp);
    }

    /// <summary>The id of the run.</summary>
    public string Id => _order.Run;

    /// <summary>True when the box has asked for the end. May be read by any thread.</summary>
    public bool IsEndWanted => _termination.IsWanted;

    /// <summary>True when it has a process.</summary>
    public bool HasStarted => _tree is not null;

    /// <summary>True when the end is reported, or is about to be.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True when the box wants to know nothing more about the run.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Its output.</summary>
    public RunOutputs Outputs { get; }

    /// <summary>The limits of its memory and its processors; null without any.</summary>
    public LimitedRun? Limits { get; }

    /// <summary>The limit of its time.</summary>
    public TimeLimit TimeLimit { get; }

    /// <summary>True when a start has failed by a shortage of the system.</summary>
    public bool WaitsForSystem { get; set; }

    private JobProcess? Process => _tree?.First;

    /// <summary>Takes over a process that was started.</summary>
    /// <param name="process">The process.</param>
    /// <param name="output">The descriptor to read its standard output from; -1 without one.</param>
    /// <param name="errors">The same for the standard error.</param>
    public void Started(JobProcess process, int output, int errors)
    {
        _tree = _treeOf(process);
        // A run that is being ended is continued, so that it can act on SIGTERM.
        _suspension = new RunSuspension(
            _tree, _loop, () => _isSuspended && !IsEndWanted, () => !HasEnded && !_termination.IsForced, Note, Conclude);
        _group?.TakeLater(process);
        Outputs.Keep(output, errors);
        _tell(RunLine.Started(Id, process));
        TimeLimit.Follow();
        Limits?.Started(_tree, () => End(TimeSpan.Zero));
        _termination.Follow(_tree);
        Conclude();
    }

    /// <summary>Ends all processes of the run.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    public void End(TimeSpan grace)
    {
        if (HasEnded || !_termination.TryTakeOver(grace) || _tree is null)
            return;

        _suspension?.Follow();
        Outputs.StopWaiting();
        _termination.Follow(_tree);
    }

    /// <summary>Stops all processes of the run, or continues them.</summary>
    public void Suspend(bool isSuspended)
    {
        _isSuspended = isSuspended;
        _suspension?.Repeat();
    }

    /// <summary>Gives up what was prepared for a start that has failed.</summary>
    public void Refused()
    {
        Limits?.End(report: null);
        _group?.End();
    }

    /// <summary>Tells a box, which has not started this run, all that is known about it.</summary>
    public void Describe()
    {
        _tell(new RunnerMessage(RunnerVerb.Run, Id).With(RunnerField.Data, _order.Data).With(RunnerField.Limit, _order.Limit)
            .With(RunnerField.Suspended, _isSuspended ? 1 : 0));
        if (Process is { } process)
            _tell(RunLine.Started(Id, process));
        if (_end is { } end)
            _tell(end);
    }

    /// <summary>Sends a signal to the process, and tells the box so.</summary>
    public void Signal(int signal) => _tell(RunLine.Signalled(Id, Process?.Signal(signal)));

    /// <summary>Tells the box something about the run for people.</summary>
    public void Note(string text) => _tell(RunLine.Note(Id, text));

    /// <summary>Reports the end when all of the run has ended. A killed run has ended when all its processes have.</summary>
    public void Conclude()
    {
        if (HasEnded || _termination.IsActive || Process is not { HasExited: true })
            return;

        // What outlives the run must not stay stopped for ever.
        if (_suspension is { IsChanging: true } || (_suspension is { IsFrozen: true } && !IsEndWanted))
        {
            _isSuspended = false;
            _suspension.Follow();
        }
        else if (Outputs.AreClosed)
        {
            Report();
        }
        else
        {
            Outputs.AwaitClose(
                () => GiveUp("process ended, but a background process still holds its output; further output is dropped"));
        }
    }

    private void EndOverdue(TimeSpan grace)
    {
        _isOverdue = !IsEndWanted;
        End(grace);
    }

    // The numbers of printed bytes must not change after the report.
    private void GiveUp(string reason)
    {
        if (HasEnded)
            return;

        HasEnded = true;
        Note(reason);
        Outputs.Detach(Report);
    }

    private void Report()
    {
        HasEnded = true;
        Outputs.StopWaiting();
        _termination.Stop();
        TimeLimit.Stop();
        _tree!.ReleaseSession();
        _end = new RunnerMessage(RunnerVerb.Ended, Id);
        Limits?.End(_end);
        _group?.End();
        if (Process is { HasExited: true } process)
            RunLine.AddExit(_end, process);
        if (_isOverdue)
            _ = _end.With(RunnerField.Overdue, 1);
        Outputs.AddTo(_end, Note);
        _tell(_end);
        _ended(this);
    }
}
