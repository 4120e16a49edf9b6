using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>The status of a node vouches for its jobs (docs/SPECIFICATION.md#leases).</summary>
public sealed class LeaseTests
{
    private const string Running = "{'id':'a','pool':'p1','args':['x'],'node':'n1','state':'running','active':true,'start_count':1,'ts':1}";

    private readonly TestNode _head = new(Some.Head() with { Expire = 60, Timeout = 30 });

    [Theory]
    [InlineData("'state':'new','active':true")]
    [InlineData("'state':'new','active':false")]
    [InlineData("'state':'running','active':true,'start_count':1")]
    [InlineData("'state':'killed','active':true,'start_count':1")]
    public void A_job_does_not_expire_while_its_node_is_online_and_nothing_is_sent(string status)
    {
        Report();
        _head.Merge(Some.Job($"{{'id':'a','pool':'p1','args':['x'],'node':'n1','ts':1,{status}}}"));
        var seq = _head.Core.Seq;

        for (var second = 0; second < 1000; second += 10)
        {
            Report();
            _head.Pass(10);
        }

        _head.Core.Seq.Should().Be(seq);
    }

    [Fact]
    public void It_expires_so_long_after_its_node_went_offline()
    {
        Report();
        _head.Merge(Some.Job(Running));
        _head.Pass(30 + 59);
        _head["a"].Phase.Should().Be(JobPhase.Running);

        _head.Pass(2);

        _head["a"].Phase.Should().Be(JobPhase.PresumedLost);
    }

    [Fact]
    public void A_lease_that_a_legacy_node_passes_on_does_not_count()
    {
        var legacy = Some.OriginalStatus(1);
        _head.ReceiveNodes("old", ("old", legacy), ("n1", Leased(1)));
        _head.Merge(Some.Job(Running));
        for (var second = 0; second < 70; second += 10)
        {
            _head.ReceiveNodes("old", ("old", legacy with { Ts = second + 2 }), ("n1", Leased(second + 2)));
            _head.Pass(10);
        }

        _head["a"].Phase.Should().Be(JobPhase.PresumedLost, "the legacy node may have missed its end");
        _head.Core.Nodes.Find("n1")!.Status.HasLease.Should().BeFalse("the nodes above must not rely on it either");
    }

    [Fact]
    public void People_see_the_time_up_to_which_the_node_vouches_for_a_job()
    {
        Report();
        _head.Merge(Some.Job(Running), Some.Job("{'id':'e','pool':'p1','args':['x'],'node':'n1','state':'done','start_count':1,'ts':1}"));
        _head.Pass(10);
        Report();

        var times = _head.Core.ReportTimesOf(["n1"], _head.Now);

        foreach (var (id, ts) in new[] { ("a", _head.Core.Nodes.Find("n1")!.Status.Ts), ("e", 1) })
        {
            times.Of(_head[id]).Ts.Should().Be(ts);
            _head.Core.AsReported(_head[id], _head.Now).Ts.Should().Be(ts);
        }

        _head["a"].Ts.Should().Be(1, "the stamp itself stays");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_link_offers_to_accept_a_lease_unless_a_head_above_needs_reports(int headsWithoutLease, bool accepts)
    {
        var peer = _head.Core.AddPeer("n1", _head.Now);
        var session = new DownstreamSession(peer, new LinkTiming(1, 10, 30), new Random(1));
        session.Connect(_head.Now);
        _ = session.Advance(_head.Core, null, _head.Now);
        _head.Core.SetHeadsWithoutLease(headsWithoutLease);

        var reply = new PeerReply { Jobs = [], Seq = 0, NodesSeq = 1, Nodes = new Dictionary<string, NodeStatus> { ["n1"] = Leased(1) } };
        var step = session.Advance(_head.Core, reply, _head.Now);

        step.Messages.Should().ContainSingle().Which.AcceptsLease.Should().Be(accepts);
    }

    private static NodeStatus Leased(double ts) => Some.Status(ts) with { Caps = [NodeStatus.LeaseCapability] };

    private void Report() => _head.ReceiveNodes("n1", ("n1", Leased(_head.Clock.Wall)));
}
