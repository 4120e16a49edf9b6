using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Signals;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A run of the runner, as the box sees it.</summary>
/// <param name="order">The order to start it; or the line by which a runner has told of it.</param>
/// <param name="connection">The connection to the runner.</param>
internal sealed class RunnerRun(RunnerMessage order, RunnerConnection connection)
{
    private const string HasEnded = "its process has ended";

    // A runner that is stopped does not answer.
    private static readonly TimeSpan LongestSignal = TimeSpan.FromSeconds(5);

    // They continue on the thread that reads the lines of the runner.
    private readonly TaskCompletionSource<RunnerMessage> _started = new();
    private readonly TaskCompletionSource<RunnerMessage> _ended = new();

    // A limit, because the runner of another user may be in the hands of its jobs.
    private const int MostNotes = 100;
    private const int LargestLimit = 16 * 1024 * 1024;
    private const int LongestText = 2000;

    // The runner answers in the order of the requests.
    private readonly Queue<TaskCompletionSource<string?>> _signals = new();

    private RunnerOutput? _output;
    private bool _isForgotten;
    private int _notes;

    /// <summary>The id of the run.</summary>
    public string Id => order.Run;

    /// <summary>Number of bytes that are kept of each stream without a file.</summary>
    public int OutputLimit => (int)Math.Clamp(order.Number(RunnerField.Limit) ?? 0, 0, LargestLimit);

    /// <summary>As which it runs.</summary>
    public RunnerOwner Owner => connection.Owner;

    /// <summary>True when the runner has stopped its processes before this instance of the box.</summary>
    public bool WasSuspended => order.Number(RunnerField.Suspended) is 1;

    /// <summary>Receives what a person should know about the run.</summary>
    public Action<string> Note { get; set; } = _ => { };

    /// <summary>True when the runner has ended before it started the run: another runner may.</summary>
    public bool IsReturned { get; private set; }

    /// <summary>What it prints, while it runs.</summary>
    public RunnerOutput Output => LazyInitializer.EnsureInitialized(ref _output, () => new RunnerOutput(this, connection.Send));

    /// <summary>The answer to the start. A continuation runs on the thread of the connection, and may not block.</summary>
    /// <exception cref="IOException">The runner has ended.</exception>
    public Task<RunnerMessage> Started => _started.Task;

    /// <summary>The end of the run. A continuation runs as after <see cref="Started"/>.</summary>
    /// <exception cref="IOException">The runner has ended.</exception>
    public Task<RunnerMessage> Ended => _ended.Task;

    /// <summary>What a former instance of the box has known about the run; null when it is not known.</summary>
    public FormerRun? Former(RunSigner signer)
    {
        if (order.Text(RunnerField.Data) is not { } data || signer.Verify(Owner, Id, data) is not { } text
            || RunIdentity.Read(text) is not { } run)
        {
            return null;
        }

        return !Started.IsCompletedSuccessfully ? run : run with
        {
            Pid = (int?)Started.Result.Number(RunnerField.Pid),
            StartTs = TimeOf(Started.Result) ?? 0,
            Age = Math.Max(0, Started.Result.Number(RunnerField.Age) ?? 0) / 1000.0,
            HasEnded = Ended.IsCompletedSuccessfully,
            IsOverdue = Ended.IsCompletedSuccessfully && Ended.Result.Number(RunnerField.Overdue) is 1,
        };
    }

    /// <summary>Ends all processes of the run.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    public void End(TimeSpan grace) =>
        connection.Send(new RunnerMessage(RunnerVerb.End, Id).With(RunnerField.Grace, Milliseconds(grace)));

    /// <summary>Sets the time limit that holds while there is no box.</summary>
    /// <param name="time">The limit, from the start of the run; null for none.</param>
    /// <param name="grace">Time between SIGTERM and SIGKILL.</param>
    public void Limit(TimeSpan? time, TimeSpan grace)
    {
        var line = new RunnerMessage(RunnerVerb.Runtime, Id).With(RunnerField.Grace, Milliseconds(grace));
        connection.Send(time is { } limit ? line.With(RunnerField.Runtime, Milliseconds(limit)) : line);
    }

    /// <summary>Stops its processes, or continues them.</summary>
    public void Suspend(bool isSuspended) =>
        connection.Send(new RunnerMessage(isSuspended ? RunnerVerb.Suspend : RunnerVerb.Resume, Id));

    /// <summary>Sends a signal to its process.</summary>
    /// <returns>Null when it was sent; else why it was not.</returns>
    public async Task<string?> SignalAsync(Signal signal, TimeProvider time)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_signals)
        {
            if (_isForgotten)
                return HasEnded;

            _signals.Enqueue(answer);
            connection.Send(new RunnerMessage(RunnerVerb.Signal, Id).With(RunnerField.Signal, signal.Number));
        }

        try
        {
            return await answer.Task.WaitAsync(LongestSignal, time);
        }
        catch (TimeoutException)
        {
            return "the runner does not answer; it may be sent later";
        }
    }

    /// <summary>The output of a stream.</summary>
    /// <param name="stream"><see cref="RunnerField.Output"/> or <see cref="RunnerField.Errors"/>.</param>
    public string PathOf(string stream) => Path.Combine(connection.Folder, SpoolFile.NameOf(Id, stream));

    /// <summary>Takes a line of the runner about this run.</summary>
    public void Receive(RunnerMessage message)
    {
        switch (message.Verb)
        {
            case RunnerVerb.Started:
                _ = _started.TrySetResult(message);
                break;
            case RunnerVerb.Refused:
                _ = _started.TrySetResult(new RunnerMessage(RunnerVerb.Refused, Id).With(RunnerField.Text, TextOf(message) ?? "no reason"));
                break;
            case RunnerVerb.Output:
                Output.Receive(message);
                break;
            case RunnerVerb.Ended:
                Output.Receive(message);
                _ = _ended.TrySetResult(message);
                break;
            case RunnerVerb.Signalled:
                lock (_signals)
                {
                    if (_signals.TryDequeue(out var answer))
                        answer.SetResult(TextOf(message));
                }

                break;
            case RunnerVerb.Note when _notes++ < MostNotes && TextOf(message) is { } text:
                Note(text);
                break;
            default:
                // A line of a later version.
                break;
        }
    }

    /// <summary>Records that the runner ends and does not start the run.</summary>
    public void Return()
    {
        IsReturned = true;
        _ = _started.TrySetResult(new RunnerMessage(RunnerVerb.Refused, Id));
    }

    /// <summary>Records that the runner has ended.</summary>
    public void Fail(IOException problem)
    {
        Output.End();
        EndSignals();
        _ = _started.TrySetException(problem);
        _ = _ended.TrySetException(problem);
        _ = _started.Task.Exception;
        _ = _ended.Task.Exception;
    }

    /// <summary>Has the runner forget the run, and kill what is left of it.</summary>
    public void Forget()
    {
        connection.SendLater(new RunnerMessage(RunnerVerb.Forget, Id));
        connection.Remove(Id);
        EndSignals();
    }

    /// <summary>What a line tells people; null when it has no text.</summary>
    public string? TextOf(RunnerMessage line) =>
        line.Text(RunnerField.Text) is not { } text ? null : Owner.IsBox || text.Length <= LongestText ? text : text[..LongestText] + "…";

    /// <summary>When a process has started or ended, in seconds since 1970; null in a line without a time.</summary>
    public double? TimeOf(RunnerMessage line) => line.Number(RunnerField.At) / 1e6 is not { } at ? null
        : Owner.IsBox ? at
        : Math.Clamp(at, 0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1e3);

    /// <summary>The resources that a run has used; null in a line of a process that did not end, or of another version.</summary>
    public static RunUsage? UsageOf(RunnerMessage ended)
    {
        return ended.Number(RunnerField.Cpu) is { } cpu && ended.Number(RunnerField.MaxRss) is { } maxRss
            ? new RunUsage(Math.Max(0, cpu / 1e6), Math.Max(0, maxRss), new IoUsage(Bytes(RunnerField.Read), Bytes(RunnerField.Written)))
            : null;

        long Bytes(string field) => Math.Max(0, ended.Number(field) ?? 0);
    }

    /// <summary>A time in a line to the runner.</summary>
    public static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private void EndSignals()
    {
        lock (_signals)
        {
            _isForgotten = true;
            while (_signals.TryDequeue(out var answer))
                answer.SetResult(HasEnded);
        }
    }
}
