using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Tests.Signals;

/// <summary>A signal goes to the process of a job, wherever it runs (docs/SPECIFICATION.md#signals).</summary>
public sealed class SignalSenderTests : IDisposable
{
    private const string Here = "here";
    private static readonly Signal Usr1 = new(10);

    private readonly FakeProcesses _processes = new();
    private readonly FakeSignalRelay _relay = new();
    private readonly CoreHost _host;
    private readonly SignalSender _sender;

    public SignalSenderTests()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p"] = new() { Slots = 2 } };
        _host = new CoreHost(new NodeSettings { Name = Here, Pools = pools }, NoOutputs.Store, TimeProvider.System, _ => { });
        _sender = new SignalSender(_host, _processes, _relay);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_job_that_runs_here_gets_the_signal_and_does_not_change()
    {
        Load(Waiting("a"));
        Start(1);
        var before = _host.Execute((core, _) => core.Find("a"));

        (await SendAsync("a", "a")).Should().BeEquivalentTo(new SignalOutcome(["a"], []));

        _processes.Sent.Should().Equal("a SIGUSR1");
        _host.Execute((core, _) => core.Find("a")).Should().BeSameAs(before);
    }

    [Fact]
    public async Task A_job_without_a_process_is_refused_with_its_state()
    {
        Load(Waiting("claimed"), Job("done", Here, JobState.Done), Waiting("held") with { Spec = new() { Pool = "other", Args = ["x"] } });
        _ = _host.Execute((core, now) => core.ClaimNext("p", now));

        (await SendAsync("claimed", "done", "held", "nosuch")).Problems.Should().Equal(
            "the process of job 'claimed' has not started yet",
            "job 'done' does not run: it is done",
            "job 'held' does not run: it is new",
            "there is no job 'nosuch'; it may have ended and expired");
        _processes.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task The_reason_of_the_process_is_passed_on()
    {
        Load(Waiting("a"));
        Start(1);
        _processes.Problem = "job 'a' runs in a plugin: it has no process";

        (await SendAsync("a")).Should().BeEquivalentTo(SignalOutcome.Failed(_processes.Problem));
    }

    [Fact]
    public async Task Jobs_of_other_nodes_are_relayed_together_to_a_peer_that_reaches_them()
    {
        Link("head", ("head", true), ("n1", true), ("n2", true));
        Load(Job("a", "n1"), Job("b", "n2"));

        (await SendAsync("a", "b")).Sent.Should().BeEquivalentTo("a", "b");

        _relay.Sent.Should().Equal("head: a b SIGUSR1");
    }

    [Fact]
    public async Task The_next_peer_is_asked_when_one_is_down()
    {
        Link("head1", ("head1", true), ("n", true));
        Link("head2", ("head2", true), ("n", true));
        Load(Job("a", "n"));
        _ = _relay.Down.Add("head2");

        (await SendAsync("a")).Sent.Should().Equal("a");
        _ = _relay.Down.Add("head1");
        (await SendAsync("a")).Problems.Should().ContainSingle().Which.Should()
            .EndWith("cannot be asked to send it to job 'a': connection refused");
    }

    [Fact]
    public async Task Nodes_that_cannot_are_named_and_not_asked()
    {
        Link("head", ("head", true), ("old", false));
        Link("oldhead", ("oldhead", false), ("below", true));
        Load(Job("a", "old"), Job("b", "below"), Job("c", "far"));

        (await SendAsync("a", "b", "c")).Problems.Should().Equal(
            "node 'old' of job 'a' has a version that sends no signals",
            "no node on the way to node 'below' of job 'b' has a version that relays signals",
            "job 'c' is on node 'far', which this node does not reach");
        _relay.Sent.Should().BeEmpty();
    }

    private static Job Waiting(string id) => Job(id, Here, JobState.New);

    private static Job Job(string id, string node, JobState state = JobState.Running) => new()
    {
        Id = id,
        Spec = new() { Pool = "p", Args = ["x"] },
        Status = new() { Node = node, SubmitNode = node, State = state, Active = state is not JobState.Done },
    };

    private Task<SignalOutcome> SendAsync(params string[] ids) => _sender.SendAsync(ids, Usr1, TestContext.Current.CancellationToken);

    private void Load(params Job[] jobs) =>
        _host.Execute((core, now) => core.Load([.. jobs.Select(job => job with { Ts = now.Wall })], now));

    private void Start(int pid) => _host.Execute((core, now) => core.Started(core.ClaimNext("p", now)!, pid, now));

    private void Link(string name, params (string Name, bool CanSignal)[] nodes) => _host.Execute((core, now) => core.MergeReply(
        core.AddPeer(name, now),
        new PeerReply
        {
            Nodes = nodes.ToDictionary(node => node.Name, node => new NodeStatus
            {
                Online = true,
                Ts = now.Wall,
                Ver = "9",
                Caps = node.CanSignal ? [NodeStatus.SignalCapability] : [],
                Routing = [node.Name],
            }),
            Jobs = [],
            Seq = 0,
            NodesSeq = 1,
        },
        now));
}
