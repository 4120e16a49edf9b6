using System.Collections.Concurrent;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The connection to a runner (docs/RUNNER.md).</summary>
internal sealed class RunnerConnection : IDisposable
{
    // What a runner of another user may send at most.
    private const int LongestLine = 1024 * 1024;
    private const int MostRuns = 100_000;
    private const long MostRunBytes = 64 * 1024 * 1024;

    // A line that is kept with its run. A refusal may quote a word of the job.
    private const int LongestKept = 1024;

    private static readonly TimeSpan SendDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    private readonly ConcurrentDictionary<string, RunnerRun> _runs = new(StringComparer.Ordinal);
    private readonly RunnerLines _lines;
    private readonly TaskCompletionSource<RunnerMessage> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunnerWatchdog? _watchdog;
    private volatile bool _isLost;
    private volatile bool _isReleased;
    private volatile bool _isDraining;
    private bool _isEnding;
    private int _idleCount;
    private long _runBytes;

    private RunnerConnection(string folder, RunnerOwner owner, Socket socket, int pid)
    {
        (Folder, Owner, Pid) = (folder, owner, pid);
        _lines = new RunnerLines(socket, owner.IsBox ? new RunnerLineBuffer() : new RunnerLineBuffer(LongestLine));
        if (!owner.IsBox)
            _watchdog = new RunnerWatchdog(Ping, Continue, () => Abort("does not answer"), TimeProvider.System);
    }

    /// <summary>The folder of the runner.</summary>
    public string Folder { get; }

    /// <summary>As which the runner runs.</summary>
    public RunnerOwner Owner { get; }

    /// <summary>The process of the runner.</summary>
    public int Pid { get; }

    /// <summary>True when the runner has no runs.</summary>
    public bool IsEmpty => _runs.IsEmpty;

    /// <summary>True when the runner starts further runs.</summary>
    public bool AcceptsRuns => !_isLost && !_isDraining;

    /// <summary>Receives why a runner of another user was ended.</summary>
    public Action<string> Warn { get; set; } = _ => { };

    /// <summary>Connects to a runner that listens.</summary>
    /// <param name="folder">The folder of the runner.</param>
    /// <param name="owner">As which it runs.</param>
    /// <param name="pid">Its process; null when it is not known.</param>
    /// <param name="isKept">True when a later instance of the box takes over the runs of this one.</param>
    /// <exception cref="SocketException">It does not listen.</exception>
    /// <exception cref="IOException">Another process listens in its place.</exception>
    public static RunnerConnection Open(string folder, RunnerOwner owner, int? pid, bool isKept)
    {
        var (socket, runner) = RunnerSocket.Connect(folder, owner, pid);
        var connection = new RunnerConnection(folder, owner, socket, runner);
        connection.Send(new RunnerMessage(RunnerVerb.Hello).With(RunnerField.Version, RunnerMessage.ProtocolVersion)
            .With(RunnerField.Keep, isKept ? 1 : 0));
        return connection;
    }

    /// <summary>Starts a run.</summary>
    /// <param name="start">The order to start its process.</param>
    /// <param name="note">Receives what a person should know about the run.</param>
    /// <returns>Null when the runner starts no further runs.</returns>
    public RunnerRun? TryStart(RunnerMessage start, Action<string> note)
    {
        var run = new RunnerRun(start, this) { Note = note };
        lock (_gate)
        {
            if (!AcceptsRuns)
                return null;
            _runs[run.Id] = run;
        }

        Send(start);
        if (_isLost)
            run.Fail(Lost());
        _ = _watchdog?.AskUntilAsync(run.Started);
        return run;
    }

    /// <summary>The answer of the runner to the first line.</summary>
    /// <exception cref="IOException">The runner has ended.</exception>
    public Task<RunnerMessage> Hello => _hello.Task;

    /// <summary>The runs that the runner had already, when it has told of all of them.</summary>
    /// <exception cref="IOException">The runner has ended.</exception>
    public async Task<IReadOnlyList<RunnerRun>> FormerRunsAsync()
    {
        await _ready.Task;
        return [.. _runs.Values];
    }

    /// <summary>Forgets a run. A runner of another user ends when it has had none for a while: it takes memory.</summary>
    public void Remove(string run)
    {
        _ = _runs.TryRemove(run, out _);
        if (!_runs.IsEmpty)
            return;
        if (_isDraining)
            Complete();
        else if (!Owner.IsBox)
            _ = DrainLaterAsync(Interlocked.Increment(ref _idleCount));
    }

    /// <summary>Lets the runner end when its last run is forgotten; another one starts further runs.</summary>
    public void Drain()
    {
        lock (_gate)
            _isDraining = true;
        if (_runs.IsEmpty)
            Complete();
    }

    /// <summary>Leaves the runs to a later instance of the box: they do not fail with the end of the connection.</summary>
    public void Release() => _isReleased = true;

    /// <summary>Sends a line soon. To a runner that has ended, none is sent.</summary>
    public void Send(RunnerMessage message)
    {
        _lines.Send(message);
        _watchdog?.Ask();
    }

    /// <summary>Sends a line that nobody waits for, with the next one or a little later.</summary>
    public void SendLater(RunnerMessage message) => _lines.SendWithin(SendDelay, message);

    /// <summary>Kills a runner of another user, with the control groups of its runs. All its runs fail.</summary>
    /// <param name="problem">Why.</param>
    public void Abort(string problem)
    {
        if (!_isLost)
        {
            Warn($"the runner of user {Owner.User}, process {Pid}, {problem}: it is killed with its jobs");
            if (IsThere())
            {
                RunnerGroup.KillAll(Pid);
                _ = LibC.Kill(Pid, SignalNumber.Kill);
            }
        }

        _lines.Dispose();
    }

    /// <summary>Reads lines until the runner ends; then all runs fail.</summary>
    public Task RunAsync() =>
        Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Lets <see cref="RunAsync"/> end, once it has sent all lines.</summary>
    public void Complete() => _lines.Complete();

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private void Run()
    {
        try
        {
            _lines.Run(Receive);
        }
        finally
        {
            End();
        }
    }

    private void End()
    {
        _isLost = true;
        _watchdog?.Close();
        _ = _hello.TrySetException(Lost());
        _ = _ready.TrySetException(Lost());
        _ = _hello.Task.Exception;
        _ = _ready.Task.Exception;
        foreach (var run in _runs.Values)
        {
            if (_isReleased)
                run.Output.End();
            else if (_isEnding && !run.Started.IsCompleted)
                run.Return();
            else
                run.Fail(Lost());
        }
    }

    private async Task DrainLaterAsync(int count)
    {
        await Task.Delay(IdleTime, TimeProvider.System);
        lock (_gate)
        {
            if (!_runs.IsEmpty || count != Volatile.Read(ref _idleCount))
                return;
            _isDraining = true;
        }

        Complete();
    }

    private void Ping() => _lines.Send(new RunnerMessage(RunnerVerb.Ping));

    private void Continue()
    {
        if (IsThere())
            _ = LibC.Kill(Pid, SignalNumber.Continue);
    }

    // The number may be that of another process by now. This one is no runner, whatever a test says.
    private bool IsThere() => Pid != Environment.ProcessId && ProcFs.UserOf(Pid) == Owner.User;

    private static IOException Lost() => new("the runner of this box has ended; what it left of the job is killed");

    private bool HasRoomFor(RunnerMessage run) =>
        Owner.IsBox || (_runs.Count < MostRuns && (_runBytes += run.Size + run.Run.Length) <= MostRunBytes);

    private void Receive(RunnerMessage message)
    {
        switch (message.Verb)
        {
            case RunnerVerb.Hello:
                _ = _hello.TrySetResult(message);
                break;
            case RunnerVerb.Pong:
                _watchdog?.Answered();
                break;
            case RunnerVerb.Run when !_ready.Task.IsCompleted && HasRoomFor(message):
                _ = _runs.TryAdd(message.Run, new RunnerRun(message, this));
                break;
            case RunnerVerb.Ready:
                _ = _ready.TrySetResult();
                break;
            case RunnerVerb.Ending:
                _isEnding = true;
                Drain();
                break;
            case RunnerVerb.Started or RunnerVerb.Ended when !Owner.IsBox && message.Size > LongestKept:
                Abort("sends a line that is too long");
                break;
            default:
                if (!_runs.TryGetValue(message.Run, out var run))
                    break;
                if (_isEnding && message.Verb is RunnerVerb.Refused)
                    run.Return();
                else
                    run.Receive(message);
                break;
        }
    }
}
