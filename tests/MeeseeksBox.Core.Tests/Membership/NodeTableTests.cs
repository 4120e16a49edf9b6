using MeeseeksBox.Core.Membership;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Membership;

/// <summary>The status of other nodes, and which report of it wins (docs/SPECIFICATION.md#node-status).</summary>
public sealed class NodeTableTests
{
    private readonly TestNode _head = new(Some.Head() with { Timeout = 20 });

    private NodeTable Nodes => _head.Core.Nodes;

    // The nodes that went offline or came online since the last call.
    private string[] Switched()
    {
        string[] nodes = [.. _head.Core.Effects.OnlineChanges
            .Select(node => $"{node.Name} {(node.Status.Online ? "online" : "offline")}").Order(StringComparer.Ordinal)];
        _ = _head.TakeEffects();
        return nodes;
    }

    // A report of all nodes: the first reply of a connection, and each reply of a legacy peer.
    private void ReportAll(string peer, params (string Name, NodeStatus Status)[] nodes) => Report(peer, null, nodes);

    private void Report(string peer, string[]? gone, params (string Name, NodeStatus Status)[] nodes) =>
        _head.Core.MergeNodesOf(_head.Peer(peer), nodes.ToDictionary(node => node.Name, node => node.Status), gone, 1, _head.Now)
            .Should().BeNull();

    [Fact]
    public void The_newer_status_of_a_node_from_two_peers_wins()
    {
        ReportAll("h1", ("n1", Some.Status(5, slots: 2)));

        ReportAll("h2", ("n1", Some.Status(4, slots: 3)));
        Nodes.Find("n1")!.Status.Pools["p1"].Limit.Should().Be(2);

        ReportAll("h2", ("n1", Some.Status(6, slots: 4)));
        Nodes.Find("n1")!.Status.Pools["p1"].Limit.Should().Be(4);
    }

    [Fact]
    public void A_peer_may_correct_its_own_report_when_its_clock_was_set_back()
    {
        ReportAll("n1", ("n1", Some.Status(1000, slots: 2)));

        ReportAll("n1", ("n1", Some.Status(10, slots: 3)));

        Nodes.Find("n1")!.Status.Pools["p1"].Limit.Should().Be(3);
    }

    [Fact]
    public void A_silent_node_is_offline_and_does_not_come_back_by_the_same_stamp()
    {
        ReportAll("h1", ("n1", Some.Status(5)));
        _head.Pass(21);
        Nodes.Find("n1")!.Status.Online.Should().BeFalse();
        Nodes.WithPool("p1").Should().BeEmpty();

        ReportAll("h1", ("n1", Some.Status(5)));
        ReportAll("h2", ("n1", Some.Status(5)));
        Nodes.Find("n1")!.Status.Online.Should().BeFalse();

        ReportAll("h2", ("n1", Some.Status(6)));
        Nodes.Find("n1")!.Status.Online.Should().BeTrue();
        Nodes.WithPool("p1").Should().ContainSingle().Which.Name.Should().Be("n1");
    }

    [Fact]
    public void A_head_vouches_for_the_nodes_below_it_as_long_as_it_replies()
    {
        ReportAll("h1", ("h1", Some.Status(1)), ("n1", Some.Status(5)), ("n2", Some.Status(5)));
        foreach (var _ in new[] { 1, 2, 3 })
        {
            _head.Pass(15);
            Report("h1", []);
        }

        Nodes.All.Should().OnlyContain(node => node.Status.Online);
        Report("h1", [], ("n2", Some.Status(5) with { Online = false }));
        Switched().Should().Equal("n2 offline");
        _head.Pass(21);

        Switched().Should().Equal("h1 offline", "n1 offline");
        Nodes.All.Should().OnlyContain(node => !node.Status.Online);
    }

    [Fact]
    public void A_legacy_peer_vouches_for_nobody()
    {
        _head.ReceiveNodes("h1", ("n1", Some.OriginalStatus(5)));
        _head.Pass(15);
        _head.ReceiveNodes("h1", ("n1", Some.OriginalStatus(5)));
        _head.Pass(6);

        Switched().Should().Equal("n1 offline");
    }

    [Fact]
    public void A_node_that_comes_or_leaves_is_not_one_that_is_online_again_or_offline()
    {
        ReportAll("h1", ("n1", Some.Status(5)), ("n2", Some.Status(5) with { Online = false }));
        Switched().Should().BeEmpty();

        Report("h1", ["n1"]);
        Switched().Should().BeEmpty();

        Report("h1", [], ("n2", Some.Status(6)));
        Switched().Should().Equal("n2 online");
    }

    [Fact]
    public void A_node_whose_clock_was_set_back_is_online_again_by_another_peer()
    {
        ReportAll("h1", ("n1", Some.Status(1000)));
        ReportAll("h2", ("n1", Some.Status(10, slots: 3)));
        Nodes.Find("n1")!.Peer.Should().Be("h1", "the report with the newer stamp is the only sign of which is newer");
        _head.Pass(21);

        ReportAll("h2", ("n1", Some.Status(11, slots: 3)));

        Nodes.Find("n1")!.Status.Online.Should().BeTrue();
        Nodes.WithPool("p1").Should().ContainSingle().Which.Peer.Should().Be("h2");
    }

    [Fact]
    public void A_report_that_a_node_is_offline_is_accepted_with_an_equal_stamp()
    {
        ReportAll("h1", ("n1", Some.Status(5)));

        ReportAll("h1", ("n1", Some.Status(5) with { Online = false }));

        Nodes.Find("n1")!.Status.Online.Should().BeFalse();
    }

    [Fact]
    public void A_redundant_head_that_lost_a_node_does_not_take_it_offline_for_the_other()
    {
        ReportAll("h1", ("n1", Some.Status(5)));
        ReportAll("h2", ("n1", Some.Status(6)));

        ReportAll("h1", ("n1", Some.Status(5) with { Online = false }));

        Nodes.Find("n1")!.Status.Online.Should().BeTrue();
    }

    [Fact]
    public void A_node_reported_by_two_peers_stays_when_one_removes_it()
    {
        ReportAll("h1", ("h1", Some.Status(1)), ("n1", Some.Status(5)));
        ReportAll("h2", ("n1", Some.Status(5)));

        Report("h1", ["n1"]);
        Nodes.Find("n1").Should().NotBeNull();
        Nodes.IsReachedThrough("h1", "n1").Should().BeFalse();
        Nodes.IsReachedThrough("h2", "n1").Should().BeTrue();

        Report("h2", ["n1"]);
        Nodes.Find("n1").Should().BeNull();
    }

    [Fact]
    public void A_node_missing_from_a_full_reply_is_removed_and_one_missing_from_a_reply_of_changes_stays()
    {
        ReportAll("h1", ("h1", Some.Status(1)), ("n1", Some.Status(5)));

        Report("h1", [], ("h1", Some.Status(2)));
        Nodes.Find("n1").Should().NotBeNull();

        ReportAll("h1", ("h1", Some.Status(3)));
        Nodes.All.Select(node => node.Name).Should().Equal("h1");
    }

    [Fact]
    public void A_request_for_changes_returns_the_nodes_removed_since()
    {
        ReportAll("h1", ("n1", Some.Status(5)), ("n2", Some.Status(5)));
        var before = _head.Core.NodesSince(0, 100, _head.Now);
        before.Removed.Should().BeNull("the answer has all nodes");

        Report("h1", ["n1"]);
        var after = _head.Core.NodesSince(before.Seq, 100, _head.Now);

        after.Removed.Should().Equal("n1");
        after.Statuses.Keys.Should().NotContain("n2");
        _head.Core.NodesSince(after.Seq, 100, _head.Now).Removed.Should().BeEmpty();

        ReportAll("h1", ("n1", Some.Status(6)), ("n2", Some.Status(5)));
        _head.Core.NodesSince(before.Seq, 100, _head.Now).Removed.Should().BeEmpty();
    }

    [Fact]
    public void Of_many_removed_nodes_the_last_are_known_and_an_older_reader_gets_all_nodes()
    {
        ReportAll("h1", ("n1", Some.Status(5)));
        var old = _head.Core.NodesSince(0, 100, _head.Now).Seq;
        Pass("x0");
        var afterFirst = Nodes.Seq;
        for (var number = 1; number <= 10_000; number++)
            Pass($"x{number}");

        var all = _head.Core.NodesSince(old, 100, _head.Now);
        var changes = _head.Core.NodesSince(afterFirst, 100, _head.Now);

        all.Removed.Should().BeNull();
        all.Statuses.Keys.Should().BeEquivalentTo("head", "n1");
        changes.Removed.Should().HaveCount(10_000).And.NotContain("x0").And.Contain("x1");
        changes.Statuses.Should().NotContainKey("n1");

        void Pass(string name)
        {
            Report("h1", [], (name, Some.Status(5)));
            Report("h1", [name]);
        }
    }

    [Fact]
    public void A_node_that_stays_as_it_is_keeps_no_older_reports_of_the_others()
    {
        ReportAll("h1", ("n1", Some.Status(5)));
        for (var number = 0; number < 1000; number++)
            Report("h2", [], ("n2", Some.Status(6 + number)));

        Nodes.ReportCount.Should().BeLessThan(30);
        _head.Pass(21);
        Nodes.All.Should().OnlyContain(node => !node.Status.Online);
    }

    [Fact]
    public void A_load_average_is_no_significant_change_and_a_slot_is()
    {
        ReportAll("n1", ("n1", Some.Status(5)));
        var (seq, mattering) = (Nodes.Seq, Nodes.SignificantSeq);

        ReportAll("n1", ("n1", Some.Status(6, loadavg: 3)));
        Nodes.Seq.Should().BeGreaterThan(seq);
        Nodes.SignificantSeq.Should().Be(mattering);

        ReportAll("n1", ("n1", Some.Status(7, slots: 9)));
        Nodes.SignificantSeq.Should().Be(Nodes.Seq);
    }

    [Fact]
    public void A_node_that_goes_offline_is_a_significant_change()
    {
        ReportAll("n1", ("n1", Some.Status(5)));
        var mattering = Nodes.SignificantSeq;
        _head.TakeEffects();

        _head.Pass(21);

        Nodes.SignificantSeq.Should().BeGreaterThan(mattering);
    }

    [Fact]
    public void A_report_of_this_node_by_a_peer_is_ignored()
    {
        Report("h1", [], ("n1", Some.Status(5)));

        Nodes.Find("head").Should().BeNull();
        Nodes.IsReachedThrough("h1", "head").Should().BeFalse();
    }
}
