using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Starting;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Runs;

/// <summary>One run of a job: its process, its output and its end. Used on the loop only.</summary>
internal sealed class ManagedRun(
    StartOrder order,
    EventLoop loop,
    SpoolFolder folder,
    ProcessTreeKiller killer,
    SessionLeaders leaders,
    RunGroup? group,
    LimitedRun? limits,
    TimeProvider time,
    Action<RunnerMessage> tell,
    Action<ManagedRun> ended)
{
    /// <summary>The answer to a signal after the end.</summary>
    public const string HasNoProcess = "its process has ended";

    // A job that is shorter prints little. Its output is read once, at its end, which saves the runner two wake-ups.
    private static readonly TimeSpan FollowAfter = TimeSpan.FromMilliseconds(2);

    // Maximum wait for the output to be complete after the end of the process.
    private static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(2);

    private readonly List<RunOutput> _outputs = [];
    private JobProcess? _process;
    private ProcessTree? _tree;
    private TimeSpan? _grace;
    private volatile bool _isEndWanted;
    private bool _awaitsOutput;
    private int _kills;
    private LoopTimer? _timer;
    private LoopTimer? _followTimer;
    private TimeLimit? _timeLimit;
    private bool _isOverdue;
    private bool _isSuspended;
    private RunSuspension? _suspension;
    private RunnerMessage? _end;

    /// <summary>The id of the run.</summary>
    public string Id => order.Run;

    /// <summary>True when the box has asked for the end. May be read by any thread.</summary>
    public bool IsEndWanted => _isEndWanted;

    /// <summary>True when it has a process.</summary>
    public bool HasStarted => _process is not null;

    /// <summary>True when the end was reported.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True when the box wants to know nothing more about the run.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The limits of its memory and its processors; null without any.</summary>
    public LimitedRun? Limits => limits;

    /// <summary>The limit of its time.</summary>
    public TimeLimit TimeLimit => _timeLimit ??= new TimeLimit(loop, () => HasEnded ? null : _process, EndOverdue);

    /// <summary>True when a start has failed by a shortage of the system.</summary>
    public bool WaitsForSystem { get; set; }

    /// <summary>Takes over a process that was started.</summary>
    /// <param name="process">The process.</param>
    /// <param name="output">The descriptor to read its standard output from; -1 without one.</param>
    /// <param name="errors">The same for the standard error.</param>
    public void Started(JobProcess process, int output, int errors)
    {
        _process = process;
        _tree = new ProcessTree(process, Id, killer, leaders, group, time);
        // A run that is being ended is continued, so that it can act on SIGTERM.
        _suspension = new RunSuspension(
            _tree, loop, () => _isSuspended && !IsEndWanted, () => !HasEnded && _grace != TimeSpan.Zero, Note, Conclude);
        group?.TakeLater(process);
        Keep(RunnerField.Output, output);
        Keep(RunnerField.Errors, errors);
        if (_outputs.Count > 0)
            _followTimer = loop.After(FollowAfter, FollowOutputs);
        tell(StartedLine(process));
        TimeLimit.Follow();
        limits?.Started(_tree, () => End(TimeSpan.Zero));
        if (_grace is { } grace)
            Kill(process, grace);
        Conclude();
    }

    /// <summary>Ends all processes of the run.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    public void End(TimeSpan grace)
    {
        // A second, shorter grace takes over from the first one.
        if (HasEnded || (_grace is { } former && former <= grace))
            return;

        _grace = grace;
        _isEndWanted = true;
        _suspension?.Follow();
        if (_process is { } process)
            Kill(process, grace);
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
        limits?.End(report: null);
        group?.End();
    }

    /// <summary>Tells a box, which has not started this run, all that is known about it.</summary>
    public void Describe()
    {
        tell(new RunnerMessage(RunnerVerb.Run, Id).With(RunnerField.Data, order.Data).With(RunnerField.Limit, order.Limit)
            .With(RunnerField.Suspended, _isSuspended ? 1 : 0));
        if (_process is { } process)
            tell(StartedLine(process));
        if (_end is { } end)
            tell(end);
    }

    /// <summary>Sends a signal to the process, and tells the box so.</summary>
    public void Signal(int signal) => tell(Signalled(Id, _process?.Signal(signal) switch
    {
        null => "it has no process yet",
        0 => null,
        ErrorNumber.NoProcess => HasNoProcess,
        var error => ErrorNumber.TextOf(error.Value),
    }));

    /// <summary>The answer to a signal.</summary>
    /// <param name="run">The id of the run.</param>
    /// <param name="problem">Why it was not sent; null when it was.</param>
    public static RunnerMessage Signalled(string run, string? problem)
    {
        var line = new RunnerMessage(RunnerVerb.Signalled, run);
        return problem is null ? line : line.With(RunnerField.Text, problem);
    }

    /// <summary>Tells the box once how much was printed, when that is more than an offset.</summary>
    public void Watch(string name, long offset)
    {
        if (_outputs.Find(output => output.Name == name) is { } watched)
            watched.Watch(offset, total => tell(new RunnerMessage(RunnerVerb.Output, Id).With(name, total)));
        else if (offset < 0)
            tell(new RunnerMessage(RunnerVerb.Output, Id).With(name, 0));
    }

    /// <summary>Tells the box something about the run for people.</summary>
    public void Note(string text) => tell(new RunnerMessage(RunnerVerb.Note, Id).With(RunnerField.Text, text));

    /// <summary>Deletes the output.</summary>
    public void Discard()
    {
        foreach (var output in _outputs)
            output.Discard();
    }

    /// <summary>Reports the end when all of the run has ended. A killed run has ended when all its processes have.</summary>
    public void Conclude()
    {
        if (HasEnded || _kills > 0 || _process is not { HasExited: true })
            return;

        // What outlives the run must not stay stopped for ever.
        if (_suspension is { IsChanging: true } || (_suspension is { IsFrozen: true } && _grace is null))
        {
            _isSuspended = false;
            _suspension.Follow();
            return;
        }

        if (_outputs.TrueForAll(output => output.IsClosed))
        {
            Report();
        }
        else if (!_awaitsOutput)
        {
            _awaitsOutput = true;
            FollowOutputs();
            SetTimer(OutputTimeout, GiveUpOutput);
        }
    }

    private RunnerMessage StartedLine(JobProcess process) => new RunnerMessage(RunnerVerb.Started, Id)
        .With(RunnerField.Pid, process.Pid)
        .With(RunnerField.At, Microseconds(process.StartedAt))
        .With(RunnerField.Age, (long)process.Age.TotalMilliseconds);

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void EndOverdue(TimeSpan grace)
    {
        _isOverdue = !_isEndWanted;
        End(grace);
    }

    private void Keep(string name, int descriptor)
    {
        if (descriptor >= 0)
            _outputs.Add(new RunOutput(loop, name, descriptor, SpoolFile.NameOf(Id, name), order.Limit, folder, Conclude));
    }

    private void FollowOutputs()
    {
        foreach (var output in _outputs)
            output.Follow();
    }

    private void GiveUpOutput()
    {
        if (HasEnded || _kills > 0)
            return;

        Note("process ended, but a background process still holds its output; further output is dropped");
        Close();
    }

    // The numbers of printed bytes must not change after the report.
    private void Close()
    {
        HasEnded = true;
        _timer?.Cancel();
        var open = _outputs.Count + 1;
        foreach (var output in _outputs)
            output.Detach(Detached);
        Detached();

        void Detached()
        {
            if (--open is 0)
                Report();
        }
    }

    private void Report()
    {
        HasEnded = true;
        _timer?.Cancel();
        _followTimer?.Cancel();
        _timeLimit?.Stop();
        leaders.Remove(_process!.Pid, Id);
        var message = new RunnerMessage(RunnerVerb.Ended, Id);
        limits?.End(message);
        group?.End();
        if (_process is { HasExited: true } process)
            AddExit(message, process);
        if (_isOverdue)
            _ = message.With(RunnerField.Overdue, 1);

        foreach (var output in _outputs)
        {
            _ = message.With(output.Name, output.Total);
            if (output.Problem is { } problem)
            {
                _ = message.With(RunnerField.LostOf(output.Name), output.Lost);
                Note($"its {output.Name} could not be kept: {problem}");
            }
        }

        _end = message;
        tell(message);
        ended(this);
    }

    private static void AddExit(RunnerMessage message, JobProcess process)
    {
        var (status, usage) = process.Exited.Result;
        _ = message.With(RunnerField.Status, status).With(RunnerField.At, Microseconds(process.ExitedAt))
            .With(RunnerField.Cpu, usage.Cpu)
            .With(RunnerField.MaxRss, usage.MaxRss)
            .With(RunnerField.Read, usage.Read)
            .With(RunnerField.Written, usage.Written);
    }

    private void Kill(JobProcess process, TimeSpan grace)
    {
        _kills++;
        _ = KillAsync(process, grace);
    }

    private async Task KillAsync(JobProcess process, TimeSpan grace)
    {
        try
        {
            var left = await _tree!.EndAsync(grace);
            if (left.Count > 0)
                loop.Post(() => Note($"processes could not be killed: {string.Join(", ", left)}"));
            if (_tree.Strays is { Count: > 0 } strays)
                loop.Post(() => Note($"processes left running, which may or may not belong to it: {string.Join(", ", strays)}"));
        }
#pragma warning disable CA1031 // The run must end after any failure.
        catch (Exception problem)
        {
            loop.Post(() => Note($"process {process.Pid} killed, but its descendants could not be enumerated: {problem.Message}"));
        }
#pragma warning restore CA1031

        loop.Post(Killed);
    }

    private void Killed()
    {
        _kills--;
        _awaitsOutput = false;
        if (_process is { HasExited: false })
            SetTimer(ProcessTreeKiller.Timeout, GiveUpProcess);
        else
            Conclude();
    }

    private void GiveUpProcess()
    {
        if (HasEnded || _process is not { HasExited: false })
            return;

        Note($"process {_process.Pid} killed, but not ended: it may hang in the kernel");
        Close();
    }

    private void SetTimer(TimeSpan delay, Action due)
    {
        _timer?.Cancel();
        _timer = loop.After(delay, due);
    }
}
