using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>The lines of a link, without a network (docs/SPECIFICATION.md#links).</summary>
public sealed class DownstreamSessionTests
{
    private const long Piece = 1000;
    private const string OnN1 = "{'id':'a','pool':'p1','args':['x'],'node':'n1'}";

    private readonly TestNode _head = new(Some.Head());
    private readonly DownstreamSession _session;

    public DownstreamSessionTests()
    {
        _session = new DownstreamSession(_head.Peer("n1"), new LinkTiming(Refresh: 1, Poll: 10, Timeout: 3, Piece), new Random(1));
        _session.Connect(_head.Now);
    }

    [Fact]
    public void The_greeting_requests_everything_and_no_line_follows_before_its_reply()
    {
        Advance().Should().ContainSingle().Which.Should().Be(
            new PeerMessage { JobsAfter = 0, NodesAfter = 0, Limit = Piece });
        _ = _head.Accept(OnN1);

        Advance().Should().BeEmpty();
        _session.IsUp.Should().BeFalse();
    }

    [Fact]
    public void The_peer_holds_one_request_with_the_cursors_that_it_sent()
    {
        _ = Advance();

        var poll = Advance(Reply(seq: 17, nodesSeq: 4)).Should().ContainSingle().Subject;

        (poll.JobsAfter, poll.NodesAfter, poll.Wait).Should().Be((17, 4, 10));
        poll.Jobs.Should().BeEmpty();
        Advance().Should().BeEmpty();
    }

    [Theory]
    [InlineData(60, 10)]
    [InlineData(30, 10)]
    [InlineData(6, 2)]
    public void A_peer_replies_three_times_in_the_timeout_of_a_node(double timeout, double wait)
    {
        _head.Apply(Some.Head() with { Timeout = timeout });
        _ = Advance();

        Advance(Reply()).Should().ContainSingle().Which.Wait.Should().Be(wait);
    }

    [Fact]
    public void A_change_is_sent_in_a_further_line_and_the_next_waits_for_its_reply()
    {
        EstablishLink();
        _ = _head.Accept(OnN1);

        Advance().Should().ContainSingle().Which.Jobs!.Single().Id.Should().Be("a");
        _ = _head.Submit("{'id':'a','tags':['t']}");
        Advance().Should().BeEmpty("two lines are in flight");
        var next = Advance(Reply());

        next.Should().ContainSingle("the peer has ended the hold").Which.Jobs!.Single().Spec.Tags.Should().Equal("t");
        next.Single().IsPoll.Should().BeTrue();
    }

    [Fact]
    public void A_peer_without_a_reply_for_timeout_is_disconnected()
    {
        EstablishLink();
        _head.Pass(12.9);
        Advance().Should().BeEmpty();

        _head.Pass(0.1);

        Step().Failure!.Reason.Should().Be("the reply is 3 s overdue");
    }

    [Fact]
    public void Each_byte_restarts_the_timeout_and_shortens_no_wait()
    {
        EstablishLink();
        _session.RecordTraffic(_head.Now.Monotonic);
        _head.Pass(12.9);
        _session.RecordTraffic(_head.Now.Monotonic);
        _head.Pass(2.9);
        Step().Failure.Should().BeNull();

        _head.Pass(0.1);

        Step().Failure!.Reason.Should().Be("the reply is 3 s overdue");
    }

    [Fact]
    public void The_deadline_of_a_further_line_starts_with_the_reply_before_it()
    {
        EstablishLink();
        _ = _head.Accept(OnN1);
        _ = Advance();
        _head.Pass(12);
        _ = Advance(Reply());

        _head.Pass(2.9);
        Step().Failure.Should().BeNull();
        _head.Pass(0.2);
        Step().Failure.Should().NotBeNull();
    }

    [Fact]
    public void An_unrequested_line_ends_the_connection()
    {
        EstablishLink();
        _ = Advance(Reply());
        _ = _session.Disconnect(_head.Now);
        _session.Connect(_head.Now);

        Step(Reply()).Failure!.Reason.Should().Contain("without a request");
    }

    [Fact]
    public void A_peer_that_reaches_this_node_is_refused_and_its_nodes_are_forgotten()
    {
        _ = Advance();
        var nodes = new Dictionary<string, NodeStatus> { ["n1"] = Some.Status(1), [_head.Core.Settings.Name] = Some.Status(1) };

        var step = Step(new PeerReply { Jobs = [], Nodes = nodes, NodesSeq = 1 });

        step.Failure!.Cycle.Should().Equal("head", "head");
        step.Messages.Should().BeEmpty();
        _head.Core.Nodes.All.Should().BeEmpty();
    }

    [Fact]
    public void A_new_connection_begins_with_a_greeting_again()
    {
        EstablishLink();
        _ = _session.Disconnect(_head.Now);

        _session.Connect(_head.Now);

        Advance().Should().ContainSingle().Which.IsGreeting.Should().BeTrue();
    }

    [Fact]
    public void A_legacy_peer_is_polled_at_once_then_every_refresh_and_after_each_change()
    {
        _ = Advance();
        Advance(LegacyReply()).Should().ContainSingle().Which.Should().BeEquivalentTo(new PeerMessage { Jobs = [], JobsAfter = 0 });
        _session.IsLegacy.Should().BeTrue();
        Advance(LegacyReply()).Should().BeEmpty();

        _head.Pass(0.9);
        Advance().Should().BeEmpty();
        _head.Pass(0.1);
        Advance().Should().ContainSingle();
        _ = Advance(LegacyReply());
        _ = _head.Accept(OnN1);
        Advance().Should().ContainSingle().Which.Jobs.Should().ContainSingle();
    }

    [Fact]
    public void A_legacy_peer_is_polled_for_its_nodes_and_for_its_live_jobs_by_id()
    {
        _ = Advance();
        _ = Advance(LegacyReply());
        _ = _head.Accept(OnN1);
        _ = Advance(LegacyReply());
        _ = Advance(LegacyReply());

        _head.Pass(10);
        var message = Advance().Should().ContainSingle().Subject;

        message.JobIds.Should().Equal("a");
        (message.JobsAfter, message.NodesAfter).Should().Be((null, 0));
        _ = Advance(LegacyReply());
        _head.Pass(1);
        Advance().Should().ContainSingle().Which.JobIds.Should().BeNull();
    }

    [Fact]
    public void The_backoff_grows_from_a_tenth_of_a_second_to_ten_and_is_reset_by_a_lasting_connection()
    {
        double[] pauses = [.. Enumerable.Range(0, 40).Select(_ => _session.Disconnect(_head.Now))];

        pauses[0].Should().BeInRange(0.05, 0.1);
        pauses[5].Should().BeInRange(0.05, 0.1 * Math.Pow(1.25, 5));
        pauses[^1].Should().BeInRange(5, DownstreamSession.LongestPause);
        HeldFor(5).Should().BeGreaterThan(4);
        HeldFor(11).Should().BeLessThan(0.1);

        double HeldFor(double seconds)
        {
            _session.Connect(_head.Now);
            EstablishLink();
            _head.Pass(seconds);
            return _session.Disconnect(_head.Now);
        }
    }

    private static PeerReply LegacyReply() =>
        new() { Jobs = [], Nodes = new Dictionary<string, NodeStatus> { ["n1"] = Some.OriginalStatus(1, 1) } };

    private static PeerReply Reply(long seq = 1, long nodesSeq = 1) => new()
    {
        Jobs = [],
        Seq = seq,
        Nodes = new Dictionary<string, NodeStatus> { ["n1"] = Some.Status(0, 1) },
        NodesSeq = nodesSeq,
        NodesGone = [],
    };

    private void EstablishLink()
    {
        _ = Advance();
        _ = Advance(Reply());
    }

    private IReadOnlyList<PeerMessage> Advance(PeerReply? reply = null)
    {
        var step = Step(reply);
        step.Failure.Should().BeNull();
        return step.Messages;
    }

    private SessionStep Step(PeerReply? reply = null) => _session.Advance(_head.Core, reply, _head.Now);
}
