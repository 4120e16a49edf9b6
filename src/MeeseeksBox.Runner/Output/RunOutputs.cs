using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Runner.Output;

/// <summary>The streams of a run that the runner keeps: none, one or two. Used on the loop only.</summary>
/// <param name="run">The id of the run.</param>
/// <param name="limit">Number of bytes to keep of each.</param>
/// <param name="loop">The loop.</param>
/// <param name="folder">The folder of the files.</param>
/// <param name="tell">Sends a line to the box.</param>
/// <param name="closed">Called at the end of each stream.</param>
internal sealed class RunOutputs(
    string run, int limit, EventLoop loop, SpoolFolder folder, Action<RunnerMessage> tell, Action closed)
{
    // A job that is shorter prints little. Its output is read once, at its end, which saves the runner two wake-ups.
    private static readonly TimeSpan FollowAfter = TimeSpan.FromMilliseconds(2);

    // Maximum wait for the output to be complete after the end of the process.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly List<RunOutput> _outputs = [];
    private LoopTimer? _followTimer;
    private LoopTimer? _closeTimer;

    /// <summary>True when all processes have closed the streams.</summary>
    public bool AreClosed => _outputs.TrueForAll(output => output.IsClosed);

    /// <summary>Begins to keep the streams of a process that has started.</summary>
    /// <param name="output">The descriptor to read its standard output from; -1 without one.</param>
    /// <param name="errors">The same for the standard error.</param>
    public void Keep(int output, int errors)
    {
        Keep(RunnerField.Output, output);
        Keep(RunnerField.Errors, errors);
        if (_outputs.Count > 0)
            _followTimer = loop.After(FollowAfter, Follow);
    }

    /// <summary>Tells the box once how much was printed to a stream, when that is more than an offset.</summary>
    public void Watch(string name, long offset)
    {
        if (_outputs.Find(output => output.Name == name) is { } watched)
            watched.Watch(offset, total => TellTotal(name, total));
        else if (offset < 0)
            TellTotal(name, 0);
    }

    /// <summary>Waits for the end of the streams after the end of the process, for a limited time.</summary>
    /// <param name="late">Called when a process has not closed them in time.</param>
    public void AwaitClose(Action late)
    {
        if (_closeTimer is not null)
            return;

        Follow();
        _closeTimer = loop.After(CloseTimeout, late);
    }

    /// <summary>Waits no more, until the next <see cref="AwaitClose"/>: the processes that have the streams are being ended.</summary>
    public void StopWaiting()
    {
        _closeTimer?.Cancel();
        _closeTimer = null;
    }

    /// <summary>Drops further output.</summary>
    /// <param name="done">Called when the numbers of printed bytes do not change any more.</param>
    public void Detach(Action done)
    {
        var open = _outputs.Count + 1;
        foreach (var output in _outputs)
            output.Detach(Detached);
        Detached();

        void Detached()
        {
            if (--open is 0)
                done();
        }
    }

    /// <summary>Adds to the report of the end how much was printed.</summary>
    /// <param name="report">The report.</param>
    /// <param name="note">Receives which stream could not be kept.</param>
    public void AddTo(RunnerMessage report, Action<string> note)
    {
        foreach (var output in _outputs)
        {
            _ = report.With(output.Name, output.Total);
            if (output.Problem is { } problem)
            {
                _ = report.With(RunnerField.LostOf(output.Name), output.Lost);
                note($"its {output.Name} could not be kept: {problem}");
            }
        }
    }

    /// <summary>Drops further output, and deletes the files.</summary>
    public void Discard()
    {
        foreach (var output in _outputs)
            output.Discard();
    }

    private void Keep(string name, int descriptor)
    {
        if (descriptor >= 0)
            _outputs.Add(new RunOutput(loop, name, descriptor, SpoolFile.NameOf(run, name), limit, folder, closed));
    }

    private void Follow()
    {
        _followTimer?.Cancel();
        foreach (var output in _outputs)
            output.Follow();
    }

    private void TellTotal(string name, long total) => tell(new RunnerMessage(RunnerVerb.Output, run).With(name, total));
}
