using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Loop;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Runs;

namespace MeeseeksBox.Runner;

/// <summary>Serves a box, and ends when it is not needed any more (docs/RUNNER.md#end).</summary>
internal sealed class RunnerServer : IDisposable
{
    private const int OutputStack = 256 * 1024;

    private static readonly TimeSpan BoxTimeout = TimeSpan.FromSeconds(30);

    private readonly EventLoop _loop = new();
    private readonly EventLoop _outputs = new();
    private readonly ControlServer _server;
    private readonly ManagedRuns _runs;
    private LoopTimer? _boxTimer;
    private bool _hasBox;

    /// <summary>Starts to listen, in the present folder.</summary>
    /// <param name="folder">The present folder.</param>
    /// <param name="children">Learns the ends of processes.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public RunnerServer(SpoolFolder folder, ChildWaiter children)
    {
        _server = new ControlServer(_loop, SpoolFile.Socket) { Connected = GainBox, Disconnected = LoseBox, Received = Receive };
        _runs = new ManagedRuns(_loop, _outputs, folder, children, TimeProvider.System, _server.Send) { RunEnded = StopWhenIdle };
    }

    /// <summary>Serves until no box and no run is left.</summary>
    public void Run()
    {
        new Thread(_outputs.Run, OutputStack) { IsBackground = true, Name = "outputs" }.Start();
        AwaitBox();
        _loop.Run();
    }

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
    }

    // A box that stops in order has ended its jobs before.
    private void LoseBox()
    {
        _hasBox = false;

        // The next instance of the box knows the processes by their marks, but not what is yet to start.
        _runs.EndUnstarted();
        AwaitBox();
        StopWhenIdle();
    }

    private void GiveUpBox()
    {
        if (_hasBox)
            return;

        _runs.EndAll();
        StopWhenIdle();
    }

    private void StopWhenIdle()
    {
        if (!_hasBox && !_runs.IsBusy)
            _loop.Stop();
    }

    private void Receive(RunnerMessage message)
    {
        if (message.Verb is RunnerVerb.Hello)
            _server.Send(Hello());
        else
            _runs.Handle(message);
    }
}
