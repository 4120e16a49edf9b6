using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>A peer that accepts only short lines (docs/SPECIFICATION.md#links).</summary>
public sealed class LineLengthTests
{
    private static readonly PeerReply TooLong = new() { IsTooLong = true };

    private readonly TestNode _head = new(Some.Head());
    private readonly DownstreamSession _session;

    public LineLengthTests()
    {
        _session = new DownstreamSession(_head.Peer("n1"), new LinkTiming(Refresh: 1, Poll: 10, Timeout: 3, 1000), new Random(1));
        _session.Connect(_head.Now);
        _ = Advance();
        _ = Advance(Reply());
    }

    [Fact]
    public void Jobs_that_are_too_long_together_come_in_shorter_lines()
    {
        foreach (var id in new[] { "a", "b", "c", "d" })
            _ = _head.Accept($$"""{'id':'{{id}}','pool':'p1','args':['x'],'node':'n1'}""");

        IdsOf(Advance()).Should().Equal("a", "b", "c", "d");
        Refuse().IsMisconfiguration.Should().BeFalse();
        Reconnect().Select(line => IdsOf([line])).Should().BeEquivalentTo([["a", "b"], new[] { "c", "d" }]);
        _ = Refuse();
        Reconnect().Select(line => IdsOf([line])).Should().BeEquivalentTo([["c"], new[] { "d" }]);

        foreach (var id in new[] { "a", "b", "c", "d" })
            _head[id].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_job_that_is_too_long_by_itself_fails_with_the_reason_and_those_behind_it_go_on()
    {
        _ = _head.Accept("{'id':'long','pool':'p1','args':['x'],'node':'n1'}");
        IdsOf(Advance()).Should().Equal("long");

        var failure = Refuse();

        failure.IsMisconfiguration.Should().BeTrue();
        var status = _head["long"].Status;
        (status.State, status.Active, status.FailCount).Should().Be((JobState.Failed, false, 1));
        status.Error.Should().Be("node 'n1' accepts no line as long as job 'long' needs; raise its listen.max_request");
        _ = _head.Merge();
        _head.History.Should().ContainSingle().Which.Id.Should().Be("long");
        _ = _head.Accept("{'id':'next','pool':'p1','args':['x'],'node':'n1'}");
        IdsOf(Reconnect()).Should().Equal("next");
    }

    [Fact]
    public void A_job_that_the_peer_runs_goes_on_there_and_its_change_is_not_sent_again_to_the_same_instance()
    {
        _ = Advance(Reply(Running("a", 5)));
        _ = _head.Kill("a");
        IdsOf(Advance()).Should().Equal("a");

        _ = Refuse();

        (_head["a"].Status.State, _head["a"].Status.Active).Should().Be((JobState.Killed, true));
        IdsOf(Reconnect()).Should().BeEmpty();
        _ = _session.Disconnect(_head.Now);
        _session.Connect(_head.Now);
        _ = Advance();
        _ = Advance(Reply(Running("a", 5)) with { Instance = "n1.2" });
        IdsOf(Advance(Reply(Running("a", 5)) with { Instance = "n1.2" })).Should().Equal("a");
    }

    [Fact]
    public void A_job_of_which_the_peer_has_a_copy_does_not_fail_when_a_longer_one_is_refused()
    {
        _ = _head.Accept("{'id':'a','pool':'p1','args':['x'],'node':'n1'}");
        IdsOf(Advance()).Should().Equal("a");
        _ = Advance(Reply());
        _ = Advance(new PeerReply());
        _ = _head.Accept("{'id':'a','args':['x','longer']}");
        IdsOf(Advance()).Should().Equal("a");

        _ = Refuse();

        _head["a"].Status.State.Should().Be(JobState.New, "the node may start it");
    }

    [Fact]
    public void A_job_whose_node_is_reached_over_another_peer_does_not_fail()
    {
        _head.ReceiveNodes("other", ("n1", Some.Status(0, 1)));
        _ = _head.Accept("{'id':'a','pool':'p1','args':['x'],'node':'n1'}");
        IdsOf(Advance()).Should().Equal("a");

        _ = Refuse();

        _head["a"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void Another_instance_of_the_peer_gets_long_lines_again()
    {
        foreach (var id in new[] { "a", "b" })
            _ = _head.Accept($$"""{'id':'{{id}}','pool':'p1','args':['x'],'node':'n1'}""");
        _ = Advance();
        _ = Refuse();
        _ = _session.Disconnect(_head.Now);
        _session.Connect(_head.Now);
        _ = Advance();
        _ = Advance(Reply() with { Instance = "n1.2" });

        Advance(Reply() with { Instance = "n1.2" }).Select(line => IdsOf([line])).Should().BeEquivalentTo([new[] { "a", "b" }]);
    }

    [Fact]
    public void A_refused_line_without_jobs_is_a_misconfiguration()
    {
        _session.Advance(_head.Core, TooLong, _head.Now).Failure!.IsMisconfiguration.Should().BeTrue();
        _ = _head.Accept("{'id':'a','pool':'p1','args':['x'],'node':'n1'}");
        _ = _head.Accept("{'id':'b','pool':'p1','args':['x'],'node':'n1'}");

        Reconnect().Select(line => IdsOf([line])).Should().BeEquivalentTo([new[] { "a", "b" }]);
    }

    private static Job Running(string id, long seq) => Some.Job($$"""
        {'id':'{{id}}','pool':'p1','args':['x'],'node':'n1','state':'running','active':true,'ts':{{seq}},'submit_ts':1,'seq':{{seq}}}
        """);

    private static PeerReply Reply(params IReadOnlyList<Job> jobs) => new()
    {
        Jobs = jobs,
        Seq = 5,
        Instance = "n1.1",
        Nodes = new Dictionary<string, NodeStatus> { ["n1"] = Some.Status(0, 1) },
        NodesSeq = 1,
        NodesGone = [],
    };

    private static IEnumerable<string> IdsOf(IEnumerable<PeerMessage> messages) =>
        messages.SelectMany(message => message.Jobs ?? []).Select(job => job.Id);

    // The poll before it, and the line with the jobs.
    private LinkFailure Refuse()
    {
        _ = _session.Advance(_head.Core, Reply(), _head.Now);
        var failure = _session.Advance(_head.Core, TooLong, _head.Now).Failure;
        failure.Should().NotBeNull();
        return failure!;
    }

    private IReadOnlyList<PeerMessage> Reconnect()
    {
        _ = _session.Disconnect(_head.Now);
        _session.Connect(_head.Now);
        _ = Advance();
        return Advance(Reply());
    }

    private IReadOnlyList<PeerMessage> Advance(PeerReply? reply = null)
    {
        var step = _session.Advance(_head.Core, reply, _head.Now);
        step.Failure.Should().BeNull();
        return step.Messages;
    }
}
