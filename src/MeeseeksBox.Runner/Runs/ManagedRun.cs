using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Runs;

/// <summary>One run of a job: its process, its output and its end. Used by the thread of the loop only.</summary>
internal sealed class ManagedRun(
    string id, int limit, string folder, EventLoop loop, ProcessTreeKiller killer, TimeProvider time, Action<RunnerMessage> tell,
    Action<ManagedRun> ended)
{
    // Maximum wait for the output to be complete after the end of the process.
    private static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(2);

    private readonly List<(string Name, string Path, OutputSpool Spool, OutputPipe Pipe)> _outputs = [];
    private JobProcess? _process;
    private TimeSpan? _grace;
    private volatile bool _isEndWanted;
    private bool _awaitsOutput;
    private int _kills;
    private ITimer? _timer;

    /// <summary>The id of the run.</summary>
    public string Id => id;

    /// <summary>True when the box has asked for the end. May be read by any thread.</summary>
    public bool IsEndWanted => _isEndWanted;

    /// <summary>True when it has a process.</summary>
    public bool HasStarted => _process is not null;

    /// <summary>True when the end was reported.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True when the box wants to know nothing more about the run.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Takes over a process that was started.</summary>
    /// <param name="process">The process.</param>
    /// <param name="output">The descriptor to read its standard output from; -1 without one.</param>
    /// <param name="errors">The same for the standard error.</param>
    public void Started(JobProcess process, int output, int errors)
    {
        _process = process;
        Keep(RunnerField.Output, output);
        Keep(RunnerField.Errors, errors);
        tell(new RunnerMessage(RunnerVerb.Started, Id).With(RunnerField.Pid, process.Pid));
        _ = process.Exited.ContinueWith(
            _ => loop.Post(Conclude), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_grace is { } grace)
            Kill(process, grace);
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
        if (_process is { } process)
            Kill(process, grace);
    }

    /// <summary>Tells the box something about the run for people.</summary>
    public void Note(string text) => tell(new RunnerMessage(RunnerVerb.Note, Id).With(RunnerField.Text, text));

    /// <summary>Deletes the output.</summary>
    public void Discard()
    {
        foreach (var (_, path, spool, pipe) in _outputs)
        {
            pipe.Detach();
            spool.Dispose();
            _ = LibC.Unlink(path);
        }
    }

    private void Keep(string name, int descriptor)
    {
        if (descriptor < 0)
            return;

        var path = SpoolFile.PathOf(folder, Id, name);
        var spool = new OutputSpool(path, limit);
        _outputs.Add((name, path, spool, new OutputPipe(loop, descriptor, spool, Conclude)));
    }

    private void GiveUpOutput()
    {
        if (HasEnded || _kills > 0)
            return;

        Note("process ended, but a background process still holds its output; further output is dropped");
        Report();
    }

    // A killed run has ended when all its processes have.
    private void Conclude()
    {
        if (HasEnded || _kills > 0 || _process is not { HasExited: true })
            return;

        if (_outputs.TrueForAll(output => output.Pipe.IsClosed))
        {
            Report();
        }
        else if (!_awaitsOutput)
        {
            _awaitsOutput = true;
            SetTimer(OutputTimeout, GiveUpOutput);
        }
    }

    private void Report()
    {
        HasEnded = true;
        _timer?.Dispose();
        var message = new RunnerMessage(RunnerVerb.Ended, Id);
        if (_process is { HasExited: true } process)
            _ = message.With(RunnerField.Status, process.Exited.Result);

        foreach (var (name, _, spool, pipe) in _outputs)
        {
            pipe.Detach();
            _ = message.With(name, spool.Total);
            if (spool.Problem is { } problem)
                Note($"its {name} could not be kept: {problem}");
        }

        tell(message);
        ended(this);
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
            var left = await new ProcessTree(process, Id, killer, time).EndAsync(grace);
            if (left.Count > 0)
                loop.Post(() => Note($"processes could not be killed: {string.Join(", ", left)}"));
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
        Report();
    }

    private void SetTimer(TimeSpan delay, Action due)
    {
        _timer?.Dispose();
        _timer = time.CreateTimer(_ => loop.Post(due), null, delay, Timeout.InfiniteTimeSpan);
    }
}
