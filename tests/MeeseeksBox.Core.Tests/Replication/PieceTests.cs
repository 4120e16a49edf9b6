using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>A link gets the jobs of its peer in pieces, and goes on after a cut (docs/SPECIFICATION.md#links).</summary>
public sealed class PieceTests
{
    private const long Piece = 1000;

    private readonly TestNode _head = new(Some.Head());
    private readonly DownstreamSession _session;

    public PieceTests()
    {
        _session = new DownstreamSession(_head.Peer("n1"), new LinkTiming(Refresh: 1, Poll: 10, Timeout: 3, Piece), new Random(1));
        _session.Connect(_head.Now);
    }

    [Fact]
    public void A_greeting_with_more_is_followed_by_requests_for_the_rest_that_do_not_wait()
    {
        _ = Advance();

        var next = Advance(Reply([Live("a", 5)], seq: 5, hasMore: true)).Should().ContainSingle().Subject;
        (next.JobsAfter, next.Wait).Should().Be((5, null));
        next = Advance(Reply([Live("b", 9)], seq: 9, hasMore: true)).Should().ContainSingle().Subject;
        (next.JobsAfter, next.Wait).Should().Be((9, null));
        next = Advance(Reply([Live("c", 12)], seq: 20)).Should().ContainSingle().Subject;
        (next.JobsAfter, next.Wait).Should().Be((20, 10));

        _head["a"].Status.State.Should().Be(JobState.Running);
        _head["c"].Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void Pieces_grow_while_they_arrive_quickly_and_shrink_on_a_slow_network()
    {
        _ = Advance();

        Advance(Reply([], seq: 1, hasMore: true)).Single().Limit.Should().Be(2 * Piece);
        Advance(Reply([], seq: 2, hasMore: true)).Single().Limit.Should().Be(4 * Piece);
        _head.Pass(1);
        _session.RecordTraffic(_head.Now.Monotonic);
        Advance(Reply([], seq: 3, hasMore: true)).Single().Limit.Should().Be(Piece);
    }

    [Fact]
    public void A_change_does_not_wait_for_the_last_piece_and_a_job_that_the_peer_may_have_does()
    {
        _head.Load(Live("known", 1), Live("unknown", 2));
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 5, hasMore: true));

        _ = _head.Accept("{'id':'new','pool':'p1','args':['x'],'node':'n1'}");
        Advance().Should().ContainSingle().Which.Jobs!.Select(job => job.Id).Should().Equal("new");

        Advance(Reply([Live("known", 6)], seq: 6)).Single().Jobs!.Select(job => job.Id).Should().Equal("unknown");
    }

    [Fact]
    public void A_cut_link_goes_on_where_it_was()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5), Live("b", 7)], seq: 7, hasMore: true));
        Reconnect();

        var greeting = Advance().Should().ContainSingle().Subject;
        (greeting.IsGreeting, greeting.JobsAfter, greeting.NodesAfter).Should().Be((true, 7, 0));
        var next = Advance(Reply([Live("c", 9)], seq: 9)).Should().ContainSingle().Subject;

        (next.JobsAfter, next.Wait).Should().Be((9, 10));
        next.Jobs.Should().BeEmpty("the peer has them all");
    }

    [Fact]
    public void What_was_sent_without_a_reply_is_sent_again_after_a_cut_and_what_was_answered_is_not()
    {
        EstablishLink();
        _ = _head.Accept("{'id':'answered','pool':'p1','args':['x'],'node':'n1'}");
        _ = Advance();
        _ = Advance(Reply([], seq: 1));
        _ = Advance(new PeerReply());
        _ = _head.Accept("{'id':'unanswered','pool':'p1','args':['x'],'node':'n1'}");
        Advance().Should().ContainSingle();
        _ = _session.Disconnect(_head.Now);
        _ = _head.Accept("{'id':'later','pool':'p1','args':['x'],'node':'n1'}");

        _session.Connect(_head.Now);
        _ = Advance();
        Advance(Reply([], seq: 1)).Single().Jobs!.Select(job => job.Id).Should().Equal("unanswered", "later");
    }

    [Fact]
    public void A_job_that_a_peer_without_changes_has_taken_is_offered_again_after_a_cut_because_its_end_may_be_gone()
    {
        _ = Advance();
        _ = Advance(Reply([], seq: 0));
        _ = _head.Accept("{'id':'a','pool':'p1','args':['x'],'node':'n1'}");
        _ = Advance();
        _ = Advance(Reply([], seq: 0));
        _ = Advance(new PeerReply());
        Reconnect();

        Advance().Should().ContainSingle().Which.JobsAfter.Should().Be(0);
        Advance(Reply([], seq: 4)).Should().ContainSingle().Which.Jobs!.Select(job => job.Id).Should().Equal("a");
    }

    [Fact]
    public void The_end_of_a_job_that_was_removed_during_a_cut_still_reaches_the_peer()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 5));
        _ = _session.Disconnect(_head.Now);
        _ = _head.Core.Merge([Live("a", 6).With(status => status with { State = JobState.Done, Active = false })], _head.Now);
        _head.Pass(120);
        _head.Core.Find("a").Should().BeNull();

        _session.Connect(_head.Now);
        _ = Advance();

        Advance(Reply([], seq: 5)).Single().Jobs!.Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done);
    }

    [Theory]
    [InlineData("n1.2", 30, false)]
    [InlineData("n1.1", 3, false)]
    [InlineData(null, 30, false)]
    [InlineData("n1.1", 30, true)]
    public void Another_instance_or_another_count_of_changes_is_begun_with_from_the_start(string? instance, long seq, bool goesOn)
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 7));
        Reconnect();
        _ = Advance();

        var next = Advance(Reply([Live("b", 9)], seq) with { Instance = instance }).Should().ContainSingle().Subject;

        (next.JobsAfter, next.Wait).Should().Be(goesOn ? (seq, 10) : (0, null));
        (_head.Core.Find("b") is not null).Should().Be(goesOn, "its number may belong to changes that were not seen");
    }

    [Fact]
    public void A_peer_that_does_not_say_its_instance_is_begun_with_from_the_start()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 7) with { Instance = null });
        Reconnect();

        Advance().Single().JobsAfter.Should().Be(0);
    }

    [Fact]
    public void Live_jobs_are_offered_again_to_a_peer_that_may_have_dropped_the_ends_of_them()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5), Live("b", 6)], seq: 6));
        Reconnect();
        _ = Advance();

        Advance(Reply([Live("b", 8)], seq: 8, hasGap: true)).Single().Jobs!.Select(job => job.Id).Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public void A_spec_that_this_node_has_is_left_out_of_a_report()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 5));
        var spec = _head["a"].Spec;

        Advance(WithoutSpec(Live("a", 6), SpecChecksum.Of(_head["a"]))).Single().JobIds.Should().BeNull();

        _head["a"].Ts.Should().Be(6);
        _head["a"].Spec.Should().BeSameAs(spec);
    }

    [Fact]
    public void A_spec_that_is_not_the_one_of_this_node_is_looked_up()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 5));
        var changed = Live("a", 6) is var copy ? copy with { Spec = copy.Spec with { Args = ["y"] } } : null!;

        var lookup = Advance(WithoutSpec(changed, SpecChecksum.Of(changed))).Should().ContainSingle().Subject;
        (lookup.JobsAfter, lookup.Wait).Should().Be((null, null));
        lookup.JobIds.Should().Equal("a");
        _head["a"].Ts.Should().Be(5);
        var next = Advance(new PeerReply { Jobs = [changed] }).Should().ContainSingle().Subject;

        (next.JobsAfter, next.JobIds, next.Wait).Should().Be((6, null, 10));
        (_head["a"].Ts, _head["a"].Spec.Args.Single()).Should().Be((6, "y"));
    }

    [Fact]
    public void A_look_up_during_the_greeting_does_not_end_it()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 5, hasMore: true));
        _ = Advance(WithoutSpec(Live("a", 6), "another") with { HasMore = true });

        var next = Advance(new PeerReply { Jobs = [Live("a", 6)] }).Should().ContainSingle().Subject;

        (next.JobsAfter, next.Wait).Should().Be((6, null));
    }

    [Fact]
    public void An_end_counts_also_when_the_peer_has_removed_the_job_before_its_look_up()
    {
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 5));
        var ended = Live("a", 6).With(status => status with { State = JobState.Done, Active = false });
        _ = Advance(WithoutSpec(ended, "another"));
        Reconnect();
        _ = Advance();

        Advance(Reply([], seq: 6)).Should().ContainSingle("the look-up is repeated").Which.JobIds.Should().Equal("a");
        _ = Advance(new PeerReply { Jobs = [] });

        _head["a"].Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void Copies_that_were_rejected_are_requested_anew_on_the_next_connection()
    {
        _head.ReceiveNodes("other", ("n1", Some.Status(1) with { Instance = "other.1" }));
        _ = Advance();
        _ = Advance(Reply([Live("a", 5)], seq: 7) with
        {
            Nodes = new Dictionary<string, NodeStatus> { ["n1"] = Some.Status(1) with { Instance = "n1.1" } },
        });
        _head.Core.Find("a").Should().BeNull();
        Reconnect();

        Advance().Single().JobsAfter.Should().Be(0);
    }

    [Fact]
    public void While_the_peer_is_away_the_queue_keeps_what_it_needs_only()
    {
        var peer = new Peer("n1");
        for (var number = 0; number < 100_000; number++)
        {
            peer.Enqueue($"{number}");
            if (number % 1000 is not 0)
                peer.Forget($"{number}");
        }

        peer.QueueLength.Should().BeLessThan(2000);
        var ids = new List<string>();
        while (peer.Dequeue() is { } id)
            ids.Add(id);

        ids.Should().Equal(Enumerable.Range(0, 100).Select(number => $"{number * 1000}"));
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, -4.9, null)]
    [InlineData(0, -60, -60.0)]
    [InlineData(0, 6, 6.0)]
    [InlineData(2, -4, null)]
    [InlineData(2, -8, -6.0)]
    [InlineData(2, 6, 6.0)]
    public void Clocks_that_differ_by_more_than_five_seconds_are_reported(double duration, double peerBehindReply, double? difference)
    {
        _ = Advance();
        _head.Pass(duration);

        var reply = Reply([], seq: 1) with { Now = _head.Now.Wall + peerBehindReply };
        var step = _session.Advance(_head.Core, reply, _head.Now);

        if (difference is { } seconds)
            step.ClockDifference.Should().BeApproximately(seconds, 0.001);
        else
            step.ClockDifference.Should().BeNull();
    }

    [Fact]
    public void A_difference_of_the_clocks_is_reported_once_a_day_also_over_several_connections()
    {
        Report().Should().BeApproximately(-60, 0.001);
        Report().Should().BeNull();
        _head.Pass(24 * 3600);
        Report().Should().BeApproximately(-60, 0.001);

        double? Report()
        {
            Reconnect();
            _ = Advance();
            return _session.Advance(_head.Core, Reply([], seq: 1) with { Now = _head.Now.Wall - 60 }, _head.Now).ClockDifference;
        }
    }

    private static Job Live(string id, long seq) => Some.Job($$"""
        {'id':'{{id}}','pool':'p1','args':['x'],'node':'n1','state':'running','active':true,'ts':{{seq}},'submit_ts':1,'seq':{{seq}}}
        """);

    private static PeerReply WithoutSpec(Job job, string checksum) =>
        Reply([job with { Spec = JobSpec.Empty }], job.Seq) with { Same = new Dictionary<string, string> { [job.Id] = checksum } };

    private static PeerReply Reply(IReadOnlyList<Job> jobs, long seq, bool hasMore = false, bool hasGap = false) => new()
    {
        Jobs = jobs,
        Seq = seq,
        HasMore = hasMore,
        HasGap = hasGap,
        Instance = "n1.1",
        Nodes = new Dictionary<string, NodeStatus> { ["n1"] = Some.Status(0, 1) },
        NodesSeq = 1,
        NodesGone = [],
    };

    private void EstablishLink()
    {
        _ = Advance();
        _ = Advance(Reply([], seq: 1));
    }

    private void Reconnect()
    {
        _ = _session.Disconnect(_head.Now);
        _session.Connect(_head.Now);
    }

    private IReadOnlyList<PeerMessage> Advance(PeerReply? reply = null)
    {
        var step = _session.Advance(_head.Core, reply, _head.Now);
        step.Failure.Should().BeNull();
        return step.Messages;
    }
}
