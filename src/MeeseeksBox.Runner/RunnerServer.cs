using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Runs;

namespace MeeseeksBox.Runner;

/// <summary>Serves a box, and ends when it is not needed any more (docs/RUNNER.md#end).</summary>
internal sealed class RunnerServer : IDisposable
{
    private const int MostMissed = 1000;

    // Less than the systems give at a shutdown.
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BoxTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan SocketPause = TimeSpan.FromSeconds(5);

    private readonly EventLoop _loop = new();
    private readonly ControlServer _server;
    private readonly ManagedRuns _runs;
    private readonly List<RunnerMessage> _missed = [];
    private LoopTimer? _boxTimer;
    private LoopTimer? _socketTimer;
    private bool _wasSocketGone;
    private bool _hasBox;
    private bool _isKept;
    private bool _isTerminated;

    /// <summary>Starts to listen, in the present folder.</summary>
    /// <param name="folder">The present folder.</param>
    /// <param name="groups">The control groups of the runs; null without any.</param>
    /// <param name="starter">The user of the box.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public RunnerServer(SpoolFolder folder, RunnerGroup? groups, uint starter)
    {
        _server = new ControlServer(_loop, SpoolFile.Socket, starter) { Connected = GainBox, Disconnected = LoseBox, Received = Receive };
        var children = new ChildWaiter(_loop, TimeProvider.System);
        _runs = new ManagedRuns(_loop, folder, children, groups, TimeProvider.System, Tell) { RunEnded = StopWhenIdle };
    }

    /// <summary>Serves until no box and no run is left.</summary>
    public void Run()
    {
        AwaitBox();
        _loop.Run();
    }

    /// <summary>True when the box of this runner has ended and does not come back.</summary>
    public bool IsAbandoned => !_hasBox && !_isKept;

    /// <summary>Ends all runs politely, and then the runner: the host shuts down. May be called by any thread.</summary>
    public void Terminate() => _loop.Post(() =>
    {
        _isTerminated = true;
        Tell(new RunnerMessage(RunnerVerb.Ending));
        _runs.EndAll(LastGrace);
        _ = _loop.After(LastGrace + LastGrace, _loop.Stop);
        StopWhenIdle();
    });

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();

    private static RunnerMessage Hello() => new RunnerMessage(RunnerVerb.Hello)
        .With(RunnerField.Version, RunnerMessage.ProtocolVersion)
        .With(RunnerField.Pid, Environment.ProcessId);

    private void AwaitBox()
    {
        _boxTimer?.Cancel();
        _boxTimer = _loop.After(BoxTimeout, GiveUpBox);
    }

    private void GainBox()
    {
        _hasBox = true;
        _boxTimer?.Cancel();
        _socketTimer?.Cancel();
        _runs.EnforceLimits(false);
    }

    // A box that stops in order has ended its jobs before, unless it keeps them.
    private void LoseBox()
    {
        _hasBox = false;
        if (_isKept)
        {
            _runs.EnforceLimits(true);
            _wasSocketGone = false;
            WatchSocket();
        }
        else
        {
            _runs.EndUnstarted();
            AwaitBox();
        }

        StopWhenIdle();
    }

    // No box finds a runner whose socket was deleted, as with the state folder of its box. A runner of another user may not enter the
    // folders above its own, so the name is a relative one.
    private void WatchSocket()
    {
        var isGone = LibC.Access(SpoolFile.Socket, 0) < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.NoEntry;
        if (isGone && _wasSocketGone)
        {
            _isKept = false;
            GiveUpBox();
            return;
        }

        _wasSocketGone = isGone;
        _socketTimer = _loop.After(SocketPause, WatchSocket);
    }

    private void GiveUpBox()
    {
        if (_hasBox)
            return;

        _runs.EndAll(TimeSpan.Zero);
        StopWhenIdle();
    }

    private void StopWhenIdle()
    {
        if (_hasBox && !_isTerminated)
            return;

        // Results wait for the box, or for its next instance, until that has forgotten their runs. A shutdown waits for the former alone.
        var isAwaited = _hasBox || (_isKept && !_isTerminated);
        if (isAwaited ? _runs.IsEmpty : !_runs.IsBusy)
            _loop.Stop();
    }

    private void Receive(RunnerMessage message)
    {
        if (_isTerminated && message.Verb is RunnerVerb.Start)
        {
            _runs.Refuse(message.Run, "the runner of this node is being ended");
            return;
        }

        if (message.Verb is RunnerVerb.Ping)
        {
            _server.Send(new RunnerMessage(RunnerVerb.Pong));
            return;
        }

        if (message.Verb is not RunnerVerb.Hello)
        {
            _runs.Handle(message);
            StopWhenIdle();
            return;
        }

        _isKept = message.Number(RunnerField.Keep) is 1;
        _server.Send(Hello());
        foreach (var note in _missed)
            _server.Send(note);
        _missed.Clear();
        _runs.Describe();
        if (_isTerminated)
            Tell(new RunnerMessage(RunnerVerb.Ending));
    }

    private void Tell(RunnerMessage message)
    {
        if (_hasBox)
            _server.Send(message);
        else if (message.Verb is RunnerVerb.Note && _missed.Count < MostMissed)
            _missed.Add(message);
    }
}
