using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>The jobs sent to a peer and merged from its replies (docs/SPECIFICATION.md#sync).</summary>
public sealed class PeerSyncTests
{
    private const string A = "'id':'a','pool':'p1','args':['x'],'submit_node':'head'";
    private const string OnN1 = $"{{{A},'node':'n1'}}";

    private readonly TestNode _head = new(Some.Head());

    private Peer Peer => _head.Peer("n1");

    private static Job Copy(string keys) => Some.Job($"{{{A},{keys}}}");

    private string[] Sent() => [.. _head.Core.DequeuePending(Peer, _head.Now).Select(job => job.Id)];

    private void SendNodes(params string[] names) =>
        _head.Core.MergeNodesOf(Peer, names.ToDictionary(name => name, _ => Some.Status(1)), null, 1, _head.Now).Should().BeNull();

    private void SendJobs(params Job[] jobs) => _head.Core.MergeJobsOf(Peer, jobs, 7, _head.Now);

    private void Connect()
    {
        SendNodes("n1");
        SendJobs();
    }

    [Fact]
    public void Nothing_is_sent_before_the_peer_has_sent_its_jobs()
    {
        SendNodes("n1");
        _ = _head.Accept(OnN1);

        Peer.HasPending.Should().BeFalse();
        Sent().Should().BeEmpty();

        SendJobs();

        Sent().Should().Equal("a");
    }

    [Fact]
    public void A_copy_that_the_peer_already_has_is_not_sent()
    {
        _ = _head.Accept(OnN1);
        var ours = _head["a"];
        SendNodes("n1");

        SendJobs(ours with { Seq = 3 });

        Sent().Should().BeEmpty();
    }

    [Theory]
    [InlineData("'node':'head','state':'new'")]
    [InlineData("'state':'new'")]
    public void A_peer_does_not_configure_this_node_and_receives_the_reason(string keys)
    {
        Connect();

        SendJobs(Some.Job($"{{'id':'c','pool':'__config','args':{{'use_loadavg':true}},'submit_ts':5,{keys}}}"));

        _head["c"].Status.State.Should().Be(JobState.Failed);
        _head["c"].Status.Error.Should().StartWith("a node takes no configuration from a node below it");
        _head.Core.ClaimNext("__config", _head.Now).Should().BeNull();
        Sent().Should().Equal("c");
    }

    [Fact]
    public void A_peer_reports_its_own_configurations()
    {
        Connect();

        SendJobs(Some.Job("{'id':'c','pool':'__config','args':{'use_loadavg':true},'submit_ts':5,'node':'n1','state':'done'}"));

        _head["c"].Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void A_job_is_sent_once_for_each_change_and_wakes_the_link()
    {
        Connect();
        _head.TakeEffects();
        _ = _head.Accept(OnN1);

        _head.Core.Effects.PeersToWake.Should().Equal(Peer);
        Sent().Should().Equal("a");
        Sent().Should().BeEmpty();

        _ = _head.Submit("{'id':'a','tags':['t']}");

        Sent().Should().Equal("a");
    }

    [Fact]
    public void Several_changes_of_a_job_are_sent_as_one()
    {
        Connect();
        _ = _head.Accept(OnN1);
        _ = _head.Submit("{'id':'a','tags':['t']}");
        _ = _head.Accept("{'id':'b','pool':'p1','args':['x'],'node':'n1'}");
        _ = _head.Submit("{'id':'a','tags':['u']}");

        Sent().Should().Equal("a", "b");
    }

    [Fact]
    public void A_copy_from_the_peer_is_not_sent_back()
    {
        Connect();

        SendJobs(Copy("'node':'n1','state':'running','active':true,'ts':5"));

        Sent().Should().BeEmpty();
    }

    [Fact]
    public void A_copy_that_the_peer_echoes_is_not_sent_again()
    {
        Connect();
        _ = _head.Accept(OnN1);
        var sent = _head.Core.DequeuePending(Peer, _head.Now).Single();

        SendJobs(sent with { Seq = 1, Status = sent.Status with { Active = true } });

        Sent().Should().BeEmpty();
    }

    [Fact]
    public void A_peer_with_an_outdated_copy_receives_updates_of_the_job_elsewhere()
    {
        // The job was presumed lost on n1 and moved to n2, which this peer does not reach.
        _head.Merge(Copy("'node':'n2','epoch':1,'ts':9"));
        Connect();
        Sent().Should().BeEmpty();

        SendJobs(Copy("'node':'n1','state':'running','active':true,'ts':99"));

        _head.Core.DequeuePending(Peer, _head.Now).Should().ContainSingle().Which.Status.Epoch.Should().Be(1);
    }

    [Fact]
    public void A_peer_that_has_reported_a_job_receives_its_move()
    {
        Connect();
        SendJobs(Copy("'node':'n1','ts':5"));

        _head.Merge(Copy("'node':'n2','epoch':1,'ts':9"));

        _head.Core.DequeuePending(Peer, _head.Now).Should().ContainSingle().Which.Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_peer_does_not_receive_jobs_for_other_nodes()
    {
        Connect();
        _head.Merge(Copy("'node':'n2','ts':5"));
        _ = _head.Accept("{'id':'b','pool':'nowhere','args':['x']}");

        Sent().Should().BeEmpty();
    }

    [Fact]
    public void A_newly_reached_node_receives_the_jobs_that_wait_for_it()
    {
        Connect();
        _ = _head.Accept("{'id':'b','pool':'p1','args':['x'],'node':'n7'}");
        Sent().Should().BeEmpty();

        SendNodes("n1", "n7");

        Sent().Should().Equal("b");
    }

    [Fact]
    public void A_job_that_waits_elsewhere_is_resent_after_the_timeout_with_its_stamp_unchanged()
    {
        Connect();
        _ = _head.Accept(OnN1);
        var first = _head.Core.DequeuePending(Peer, _head.Now).Single();

        _head.Pass(_head.Core.Settings.Timeout - 1);
        Sent().Should().BeEmpty();
        _head.Pass(2);

        _head.Core.DequeuePending(Peer, _head.Now).Single().Ts.Should().Be(first.Ts);
    }

    [Fact]
    public void A_sync_line_is_bounded_and_the_rest_follows_in_the_next()
    {
        Connect();
        var output = new string('A', 1_500_000);
        for (var number = 0; number < 5; number++)
        {
            var job = Some.Job($"{{'id':'{number}','pool':'p1','args':['x'],'node':'n1','ts':5}}");
            _head.Merge(job.With(status => status with { StdoutData = output }));
        }

        Sent().Should().Equal("0", "1");
        Sent().Should().Equal("2", "3");
        Peer.HasPending.Should().BeTrue();
        Sent().Should().Equal("4");
        Peer.HasPending.Should().BeFalse();
    }

    [Theory]
    [InlineData("'args':['LONG']")]
    [InlineData("'args':['x'],'env':{'V':'LONG'}")]
    [InlineData("'args':['x'],'config':{'cwd':'LONG'}")]
    [InlineData("'args':['x'],'tags':['LONG']")]
    [InlineData("'args':['x'],'error':'LONG'")]
    [InlineData("'args':['x'],'future':{'k':['LONG']}")]
    public void All_texts_of_a_job_count_in_the_bound_of_a_line_and_a_larger_job_has_its_own(string keys)
    {
        Connect();
        for (var number = 0; number < 3; number++)
        {
            var text = new string('x', number is 1 ? 5_000_000 : 3_000_000);
            _head.Merge(Some.Job($"{{'id':'{number}','pool':'p1','node':'n1','ts':5,{keys.Replace("LONG", text)}}}"));
        }

        Sent().Should().Equal("0");
        Sent().Should().Equal("1");
        Sent().Should().Equal("2");
    }

    [Fact]
    public void On_a_new_connection_both_sides_start_over()
    {
        Connect();
        _ = _head.Accept(OnN1);
        _ = Sent();

        Peer.Reset();

        (Peer.Seq, Peer.NodesSeq, Peer.HasPending).Should().Be((0L, 0L, false));
        Connect();
        Sent().Should().Equal("a");
    }

    [Fact]
    public void The_cursor_is_the_seq_of_the_reply_or_of_its_newest_job()
    {
        _head.Core.MergeJobsOf(Peer, [Copy("'node':'n1','ts':5,'seq':4")], null, _head.Now);
        Peer.Seq.Should().Be(4);

        _head.Core.MergeJobsOf(Peer, [], null, _head.Now);
        Peer.Seq.Should().Be(4);

        // A restarted peer counts from the start.
        _head.Core.MergeJobsOf(Peer, [], 2, _head.Now);
        Peer.Seq.Should().Be(2);
    }

    [Fact]
    public void A_job_in_flight_is_not_resent_because_of_an_earlier_reply()
    {
        Connect();
        _ = _head.Accept(OnN1);
        _head.Core.DequeuePending(Peer, _head.Now).Should().ContainSingle();
        var echo = _head["a"];
        _ = _head.Submit("{'id':'a','tags':['t']}");
        _head.Core.DequeuePending(Peer, _head.Now, isPoll: false).Should().ContainSingle();

        SendJobs(echo);

        Peer.HasPending.Should().BeFalse();
    }

    [Fact]
    public void A_copy_merged_from_a_reply_older_than_the_job_in_flight_is_sent_too()
    {
        Connect();
        _ = _head.Accept(OnN1);
        _head.Core.DequeuePending(Peer, _head.Now).Should().ContainSingle();
        var started = _head["a"] with { Status = _head["a"].Status with { State = JobState.Running, StartCount = 1 } };
        _head.Clock.PassUntil(_head.Clock.Steady + 1);
        _ = _head.Submit("{'id':'a','tags':['t']}");
        _head.Core.DequeuePending(Peer, _head.Now, isPoll: false).Should().ContainSingle();

        SendJobs(started);

        (_head["a"].Status.State, _head["a"].Spec.Tags.Single()).Should().Be((JobState.Running, "t"));
        Sent().Should().Equal("a");
    }

    [Fact]
    public void A_copy_that_the_peer_received_and_did_not_keep_is_resent()
    {
        Connect();
        _ = _head.Accept(OnN1);
        var before = _head["a"];
        _ = _head.Submit("{'id':'a','tags':['t']}");
        _head.Core.DequeuePending(Peer, _head.Now, isPoll: false).Should().ContainSingle();
        _head.Core.DequeuePending(Peer, _head.Now).Should().BeEmpty();

        SendJobs(before);

        Sent().Should().Equal("a");
    }

    [Fact]
    public void A_removed_job_is_not_sent_to_a_peer_without_a_copy()
    {
        Connect();
        var job = _head.Accept(OnN1);
        _head.Merge(job with { Status = job.Status with { State = JobState.Done, Active = false }, Ts = _head.Clock.Wall + 5 });

        _head.Pass(_head.Core.Settings.Expire + 1);

        (Peer.HasPending, Sent().Length).Should().Be((false, 0));
    }

    [Fact]
    public void A_peer_with_a_live_copy_receives_the_end_of_a_job_that_was_removed_before_it_was_sent()
    {
        // Found by the simulator (seed 21264): a node that was cut off for longer than expire kept its live copy forever.
        Connect();
        SendJobs(Copy("'node':'n1','ts':5"));
        _head.Merge(Copy("'node':'n1','state':'done','ts':6"));

        _head.Pass(_head.Core.Settings.Expire + 1);

        _head.Core.DequeuePending(Peer, _head.Now).Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done);
        (Peer.HasPending, _head.Core.Count).Should().Be((false, 0));
    }

    [Fact]
    public void An_ended_job_is_not_sent_to_a_peer_without_a_copy()
    {
        // The peer has removed the job: with another copy, it would record the end again and send the job back later.
        Connect();
        SendJobs(Copy("'node':'n1','state':'done','ts':5"));

        Peer.Reset();
        Connect();

        Sent().Should().BeEmpty();
    }

    [Fact]
    public void A_peer_that_has_reported_a_job_receives_its_end()
    {
        Connect();
        SendJobs(Copy("'node':'n1','ts':5"));

        _head.Merge(Copy("'node':'n2','state':'done','epoch':1,'ts':6"));

        Sent().Should().Equal("a");
    }

    [Fact]
    public void A_removed_peer_receives_nothing_more_and_its_nodes_are_removed()
    {
        Connect();
        var peer = Peer;

        _head.Core.RemovePeer(peer, _head.Now);
        _ = _head.Accept(OnN1);

        peer.HasPending.Should().BeFalse();
        _head.Core.Nodes.Find("n1").Should().BeNull();
        _head.Core.State.Peers.Names.Should().BeEmpty();
    }
}
