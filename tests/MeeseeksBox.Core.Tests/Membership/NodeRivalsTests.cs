using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Membership;

/// <summary>Two boxes that have one name (docs/SPECIFICATION.md#node-identity).</summary>
public sealed class NodeRivalsTests
{
    private readonly TestNode _head = new(Some.Head() with { Timeout = 20, Instance = "head.1" });

    private NodeTable Nodes => _head.Core.Nodes;

    private IReadOnlyList<NameConflict> Conflicts => _head.Core.Effects.NameConflicts;

    [Theory]
    [InlineData("x", "y")]
    [InlineData("h1", "h2")]
    public void The_first_one_keeps_the_name_and_gets_all_jobs_whichever_way_the_other_one_comes(string first, string second)
    {
        Report(first, 10, "a.1");
        Report(second, 11, "b.1", slots: 9);
        foreach (var peer in new[] { first, second })
            _head.Core.MergeJobsOf(_head.Peer(peer), [], 1, _head.Now);
        _ = _head.Accept("{'id':'j','pool':'p1','node':'x','args':['true']}");

        Nodes.Find("x")!.Status.Pools["p1"].Limit.Should().Be(2);
        (Nodes.IsReachedThrough(first, "x"), Nodes.IsReachedThrough(second, "x")).Should().Be((true, false));
        _head.Peer(first).HasPending.Should().BeTrue();
        _head.Peer(second).HasPending.Should().BeFalse();
        Conflicts.Should().BeEmpty("the first one may just have been started again");

        Report(first, 20, "a.1");
        Report(second, 21, "b.1");
        Report(first, 30, "a.1");

        Conflicts.Should().Equal(new NameConflict("x", first, second));
    }

    [Fact]
    public void Clocks_that_are_apart_hide_no_second_box()
    {
        Report("h1", 10, "a.1");
        Report("h2", 5000, "b.1");
        Report("h1", 69, "a.1");
        Conflicts.Should().BeEmpty("the first one may have ended before");
        Report("h1", 71, "a.1");

        Conflicts.Should().ContainSingle();
    }

    [Fact]
    public void What_the_other_box_tells_of_jobs_is_not_merged()
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "b.1");

        _head.Core.MergeJobsOf(
            _head.Peer("h2"), [Some.Job("{'id':'j','pool':'p1','args':['x'],'node':'x','state':'running','submit_ts':5}")], 1, _head.Now);

        _head.Core.Find("j").Should().BeNull();
    }

    [Fact]
    public void A_box_that_is_started_again_or_replaced_behind_one_peer_is_taken_at_once()
    {
        Report("h1", 10, "a.1");

        Report("h1", 5, "b.1", slots: 9);

        Nodes.Find("x")!.Status.Pools["p1"].Limit.Should().Be(9);
        Nodes.IsReachedThrough("h1", "x").Should().BeTrue();
        Conflicts.Should().BeEmpty();
    }

    [Fact]
    public void A_box_that_is_started_again_below_two_heads_is_no_second_one()
    {
        Report("h1", 10, "a.1");
        Report("h2", 10, "a.1");

        Report("h1", 15, "a.2");

        // It had sent that before it ended.
        Report("h2", 12, "a.1");
        Report("h2", 16, "a.2");
        Report("h1", 17, "a.2");

        Nodes.Find("x")!.Status.Instance.Should().Be("a.2");
        (Nodes.IsReachedThrough("h1", "x"), Nodes.IsReachedThrough("h2", "x")).Should().Be((true, true));
        Conflicts.Should().BeEmpty();
    }

    [Theory]
    [InlineData("a.2")]
    [InlineData("b.1")]
    public void A_box_that_is_started_again_is_reached_through_one_head_while_the_other_one_is_silent(string present)
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "a.1");
        _head.Pass(5);

        Report("h1", 15, present, slots: 9);
        _head.Pass(present is "a.2" ? 0 : 16);
        Report("h1", 40, present, slots: 9);

        Nodes.Find("x")!.Status.Pools["p1"].Limit.Should().Be(9);
        (Nodes.IsReachedThrough("h1", "x"), Nodes.IsReachedThrough("h2", "x")).Should().Be((true, false));
        Conflicts.Should().BeEmpty();

        Report("h2", 41, present);
        Nodes.IsReachedThrough("h2", "x").Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_box_that_is_started_again_is_taken_while_the_other_head_has_it_offline_or_is_offline_itself(bool isHeadOffline)
    {
        Report("h2", 10, "a.1");
        Report("h1", 11, "a.1");
        if (isHeadOffline)
            _ = Merge("h3", ("h2", Some.Status(5) with { Online = false, Instance = "h.1" }));
        else
            _ = Merge("h2", ("x", Some.Status(10) with { Online = false, Instance = "a.1" }));

        Report("h1", 15, "b.1", slots: 9);

        Nodes.Find("x")!.Status.Pools["p1"].Limit.Should().Be(9);
        Nodes.IsReachedThrough("h1", "x").Should().BeTrue();
    }

    [Fact]
    public void Reports_from_before_a_restart_are_no_second_box()
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "a.1");
        Report("h1", 15, "b.1");

        // The second head had a later status of the first start.
        Report("h2", 12, "a.1");
        Report("h2", 13, "a.1");
        Report("h2", 16, "b.1");
        Report("h1", 17, "b.1");

        Nodes.Find("x")!.Status.Instance.Should().Be("b.1");
        Conflicts.Should().BeEmpty();
    }

    [Fact]
    public void Two_boxes_with_copies_of_one_state_are_reported()
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "a.1");
        Report("h2", 12, "a.2");
        Nodes.IsReachedThrough("h1", "x").Should().BeFalse();

        Report("h1", 30, "a.1");
        Report("h1", 90, "a.1");

        Nodes.Find("x")!.Status.Instance.Should().Be("a.2");
        Nodes.IsReachedThrough("h1", "x").Should().BeFalse();
        Conflicts.Should().Equal(new NameConflict("x", "h2", "h1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_jobs_of_a_head_are_merged_when_the_second_box_below_it_has_another_name(bool isSaid)
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "b.1");

        _ = _head.Core.MergeNodesOf(_head.Peer("h2"), new Dictionary<string, NodeStatus>(), isSaid ? ["x"] : null, 1, _head.Now);
        _head.Core.MergeJobsOf(_head.Peer("h2"), [Some.Job("{'id':'j','pool':'p1','args':['x'],'node':'x','submit_ts':5}")], 1, _head.Now);

        _head.Core.Find("j").Should().NotBeNull();
    }

    [Fact]
    public void Jobs_that_were_rejected_are_requested_again_when_the_second_box_is_gone()
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "b.1");
        var peer = _head.Peer("h2");
        var job = Some.Job("{'id':'j','pool':'p1','args':['x'],'node':'x','submit_ts':5}");
        _ = _head.Core.MergeReply(peer, new PeerReply { Jobs = [job], Seq = 7, Instance = "h.1" }, _head.Now);
        (_head.Core.Find("j"), peer.Seq).Should().Be((null, 7));

        var reply = new PeerReply { Jobs = [], Seq = 8, Instance = "h.1", Nodes = new Dictionary<string, NodeStatus>(), NodesGone = ["x"] };
        _ = _head.Core.MergeReply(peer, reply, _head.Now);

        peer.Seq.Should().Be(0);
    }

    [Fact]
    public void A_head_that_has_a_box_as_offline_does_not_reach_another_one_of_that_name()
    {
        Report("h1", 10, "a.1");
        _ = Merge("h1", ("x", Some.Status(10) with { Online = false, Instance = "a.1" }));
        Report("h2", 11, "b.1");

        (Nodes.IsReachedThrough("h1", "x"), Nodes.IsReachedThrough("h2", "x")).Should().Be((false, true));
    }

    [Fact]
    public void The_other_box_gets_the_name_when_the_first_one_is_offline()
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, "b.1");
        _head.Pass(21);

        Report("h2", 32, "b.1");

        Nodes.Find("x")!.Status.Instance.Should().Be("b.1");
        Nodes.IsReachedThrough("h2", "x").Should().BeTrue();
    }

    [Fact]
    public void Nodes_without_an_instance_are_told_apart_by_their_names_only()
    {
        Report("h1", 10, "a.1");
        Report("h2", 11, null);

        Nodes.IsReachedThrough("h2", "x").Should().BeTrue();
    }

    [Fact]
    public void A_box_with_the_name_of_this_one_is_no_cycle()
    {
        var statuses = new Dictionary<string, NodeStatus>
        {
            ["head"] = Some.Status(1) with { Instance = "other.1", Links = ["x"] },
            ["h1"] = Some.Status(1),
        };

        _head.Core.MergeNodesOf(_head.Peer("h1"), statuses, null, 1, _head.Now)
            .Should().StartWith("duplicate node name: another box behind it");
    }

    private void Report(string peer, double ts, string? instance, int slots = 2) =>
        Merge(peer, ("x", Some.Status(ts, slots) with { Instance = instance })).Should().BeNull();

    private string? Merge(string peer, (string Name, NodeStatus Status) node) => _head.Core.MergeNodesOf(
        _head.Peer(peer), new Dictionary<string, NodeStatus> { [node.Name] = node.Status }, [], 1, _head.Now);
}
