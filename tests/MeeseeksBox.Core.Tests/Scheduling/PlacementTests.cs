using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>The choice of a node (docs/SPECIFICATION.md#placement).</summary>
public sealed class PlacementTests
{
    private const string Job = "{'pool':'p1','args':['x']}";

    private static int FreeOn(TestNode node, string name) => node.Core.FreeSlots()["p1"][name].Limit!.Value;

    [Fact]
    public void A_job_goes_to_a_node_that_has_the_pool_and_a_free_slot()
    {
        var head = TestNode.Head(("n1", -1), ("n2", 1));
        head.ReceiveNodes(("n3", Some.Status(0, pool: "p2")));

        head.Accept(Job).Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_burst_of_jobs_is_spread_over_the_free_slots_and_not_overbooked()
    {
        var head = TestNode.Head(("n1", 3), ("n2", 5));

        var nodes = Enumerable.Range(0, 10).Select(_ => head.Accept(Job).Status.Node).ToArray();

        nodes.CountBy(node => node ?? "none").Should().BeEquivalentTo(new Dictionary<string, int> { ["n1"] = 3, ["n2"] = 5, ["none"] = 2 });
    }

    [Fact]
    public void A_job_that_no_node_can_take_stays_unassigned_until_something_changes()
    {
        var head = TestNode.Head(("n1", 1));
        var (first, second) = (head.Accept(Job), head.Accept(Job));
        (second.Status.Node, second.Status.SubmitNode, second.Status.Active).Should().Be((null, "head", false));
        head.Core.ChangesSince(0).Should().ContainSingle("a job without a node must not spread").Which.Id.Should().Be(first.Id);

        head.Merge(first with { Status = first.Status with { State = JobState.Done, StartCount = 1 }, Ts = first.Ts + 1 });

        head[second.Id].Status.Node.Should().Be("n1");
    }

    [Fact]
    public void A_node_that_comes_online_receives_waiting_jobs_in_the_order_of_submission()
    {
        var head = TestNode.Head();
        var ids = Enumerable.Range(0, 3).Select(_ =>
        {
            head.Clock.Pass(1);
            return head.Accept(Job).Id;
        }).ToArray();

        head.ReceiveNodes(("n1", Some.Status(0, 2)));

        ids.Select(id => head[id].Status.Node).Should().Equal("n1", "n1", null);
    }

    [Fact]
    public void More_slots_let_waiting_jobs_start()
    {
        var node = new TestNode(Some.Node(slots: 1));
        _ = node.Accept(Job);
        var second = node.Accept(Job);

        node.Apply(Some.Node(slots: 2));

        (node[second.Id].Status.Node, node[second.Id].Status.Active).Should().Be(("n1", true));
    }

    [Fact]
    public void This_node_is_a_candidate_too()
    {
        var node = new TestNode(Some.Node(slots: 3));
        node.ReceiveNodes(("n2", Some.Status(0, 3)));

        var nodes = Enumerable.Range(0, 6).Select(_ => node.Accept(Job).Status.Node).ToArray();

        nodes.Should().Contain("n1").And.Contain("n2").And.NotContainNulls();
    }

    [Fact]
    public void A_job_for_this_node_whose_pool_is_not_here_is_given_another_node()
    {
        var node = new TestNode();
        node.ReceiveNodes(("n2", Some.Status(0, pool: "p2")));

        var job = node.Accept("{'node':'n1','pool':'p2','args':['x']}");

        (job.Status.Node, job.Status.SubmitNode).Should().Be(("n2", "n1"));
    }

    [Fact]
    public void A_job_that_comes_from_upstream_for_this_node_whose_pool_is_not_here_is_given_another_node()
    {
        var head = TestNode.Head(("n1", 2));

        head.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'head','submit_node':'head','ts':1}"));

        head["a"].Status.Node.Should().Be("n1");
    }

    [Fact]
    public void A_held_job_waits_here()
    {
        var head = TestNode.Head(("n1", 2));

        var job = head.Accept("{'id':'a','pool':'p1','args':['x'],'hold':1}");
        job.Status.Node.Should().BeNull();

        head.Accept("{'id':'a','hold':0}").Status.Node.Should().Be("n1");
    }

    [Fact]
    public void A_held_job_is_given_a_node_with_wait_in_pool()
    {
        var node = new TestNode(Some.Node() with { WaitInPool = true });

        var job = node.Accept("{'pool':'p1','args':['x'],'hold':1}");

        (job.Status.Node, job.Status.Active).Should().Be(("n1", true));
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
    }

    [Fact]
    public void With_wait_in_pool_full_nodes_receive_jobs_too_and_the_least_full_first()
    {
        var head = TestNode.Head(("n1", 1), ("n2", 1), ("n3", -1));
        head.Apply(Some.Head() with { WaitInPool = true });

        var nodes = Enumerable.Range(0, 6).Select(_ => head.Accept(Job).Status.Node!).ToArray();

        nodes.CountBy(node => node).Should().BeEquivalentTo(new Dictionary<string, int> { ["n1"] = 3, ["n2"] = 3 });
    }

    [Fact]
    public void With_wait_in_pool_a_free_slot_still_comes_first()
    {
        var head = TestNode.Head(("n1", 1), ("n2", 3));
        head.Apply(Some.Head() with { WaitInPool = true });

        var nodes = Enumerable.Range(0, 4).Select(_ => head.Accept(Job).Status.Node!).ToArray();

        nodes.CountBy(node => node).Should().BeEquivalentTo(new Dictionary<string, int> { ["n1"] = 1, ["n2"] = 3 });
    }

    [Fact]
    public void With_use_loadavg_the_node_with_the_lowest_load_is_chosen()
    {
        var head = new TestNode(Some.Head() with { UseLoadavg = true });
        head.ReceiveNodes(("n1", Some.Status(0, 9, 2.5)), ("n2", Some.Status(0, 2, 0.5)), ("n3", Some.Status(0, 0, 1.5)));

        var nodes = Enumerable.Range(0, 4).Select(_ => head.Accept(Job).Status.Node).ToArray();

        nodes.Should().Equal("n2", "n2", "n3", "n3");
    }

    [Fact]
    public void With_use_loadavg_the_load_of_this_node_counts()
    {
        var node = new TestNode(Some.Node() with { UseLoadavg = true });
        node.Core.SetLoadavg(3);
        node.ReceiveNodes(("n2", Some.Status(0, 9, 2.5)));

        node.Accept(Job).Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_draining_node_receives_no_jobs_even_with_wait_in_pool()
    {
        var node = new TestNode(Some.Node(slots: -1) with { WaitInPool = true });
        node.ReceiveNodes(("n2", Some.Status(0, -1)));

        node.Accept(Job).Status.Node.Should().BeNull();
        node.Core.FreeSlots()["p1"].Values.Should().OnlyContain(slots => slots.Limit == 0);
    }

    [Fact]
    public void A_job_pinned_to_a_draining_node_waits_there()
    {
        var node = new TestNode(Some.Node(slots: -1));

        _ = node.Accept("{'node':'n1','pool':'p1','args':['x']}");

        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
    }

    [Fact]
    public void Jobs_that_wait_in_a_pool_that_is_removed_are_given_another_node()
    {
        var node = new TestNode(Some.Node(slots: 1) with { WaitInPool = true });
        var job = node.Accept(Job);
        node.ReceiveNodes(("n2", Some.Status(0)));

        node.Apply(Some.Head("n1"));

        (node[job.Id].Status.Node, node[job.Id].Status.Active).Should().Be(("n2", false));
    }

    [Fact]
    public void Removing_a_peer_removes_its_nodes()
    {
        var head = TestNode.Head(("n1", 2));

        head.Core.RemovePeer(head.Peer("peer"), head.Now);

        head.Core.Nodes.All.Should().BeEmpty();
        head.Accept(Job).Status.Node.Should().BeNull();
    }
}
