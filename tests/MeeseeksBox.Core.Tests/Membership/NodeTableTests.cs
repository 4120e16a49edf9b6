using MeeseeksBox.Core.Membership;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Membership;

/// <summary>What is known of the other nodes, and whose word holds (docs/SPECIFICATION.md#node-status).</summary>
public sealed class NodeTableTests
{
    private readonly TestNode _head = new(Some.Head() with { Timeout = 20 });

    private NodeTable Nodes => _head.Core.Nodes;

    // All that a peer knows, as at the beginning of a connection and from an old peer.
    private void TellAll(string peer, params (string Name, NodeStatus Status)[] nodes) => Tell(peer, null, nodes);

    private void Tell(string peer, string[]? gone, params (string Name, NodeStatus Status)[] nodes) =>
        _head.Core.MergeNodesOf(_head.Peer(peer), nodes.ToDictionary(node => node.Name, node => node.Status), gone, 1, _head.Now).Should().BeNull();

    [Fact]
    public void Of_two_peers_the_newer_status_of_a_node_holds()
    {
        TellAll("h1", ("n1", Some.Status(5, slots: 2)));

        TellAll("h2", ("n1", Some.Status(4, slots: 3)));
        Nodes.Find("n1")!.Status.Pools["p1"].Limit.Should().Be(2);

        TellAll("h2", ("n1", Some.Status(6, slots: 4)));
        Nodes.Find("n1")!.Status.Pools["p1"].Limit.Should().Be(4);
    }

    [Fact]
    public void A_peer_may_take_back_its_own_word_when_the_clock_there_was_set_back()
    {
        TellAll("n1", ("n1", Some.Status(1000, slots: 2)));

        TellAll("n1", ("n1", Some.Status(10, slots: 3)));

        Nodes.Find("n1")!.Status.Pools["p1"].Limit.Should().Be(3);
    }

    [Fact]
    public void A_node_that_is_silent_is_offline_and_does_not_come_back_by_the_same_stamp()
    {
        TellAll("h1", ("n1", Some.Status(5)));
        _head.Pass(21);
        Nodes.Find("n1")!.Status.Online.Should().BeFalse();
        Nodes.WithPool("p1").Should().BeEmpty();

        TellAll("h1", ("n1", Some.Status(5)));
        TellAll("h2", ("n1", Some.Status(5)));
        Nodes.Find("n1")!.Status.Online.Should().BeFalse();

        TellAll("h2", ("n1", Some.Status(6)));
        Nodes.Find("n1")!.Status.Online.Should().BeTrue();
        Nodes.WithPool("p1").Should().ContainSingle().Which.Name.Should().Be("n1");
    }

    [Fact]
    public void A_peer_that_takes_a_node_for_offline_is_believed_though_the_stamp_is_the_same()
    {
        TellAll("h1", ("n1", Some.Status(5)));

        TellAll("h1", ("n1", Some.Status(5) with { Online = false }));

        Nodes.Find("n1")!.Status.Online.Should().BeFalse();
    }

    [Fact]
    public void A_redundant_head_that_lost_a_node_does_not_take_it_offline_for_the_other()
    {
        TellAll("h1", ("n1", Some.Status(5)));
        TellAll("h2", ("n1", Some.Status(6)));

        TellAll("h1", ("n1", Some.Status(5) with { Online = false }));

        Nodes.Find("n1")!.Status.Online.Should().BeTrue();
    }

    [Fact]
    public void A_node_that_two_peers_told_of_stays_when_one_forgets_it()
    {
        TellAll("h1", ("h1", Some.Status(1)), ("n1", Some.Status(5)));
        TellAll("h2", ("n1", Some.Status(5)));

        Tell("h1", ["n1"]);
        Nodes.Find("n1").Should().NotBeNull();
        Nodes.IsReachedThrough("h1", "n1").Should().BeFalse();
        Nodes.IsReachedThrough("h2", "n1").Should().BeTrue();

        Tell("h2", ["n1"]);
        Nodes.Find("n1").Should().BeNull();
    }

    [Fact]
    public void What_a_whole_answer_leaves_out_has_gone_and_what_an_answer_of_news_leaves_out_has_not()
    {
        TellAll("h1", ("h1", Some.Status(1)), ("n1", Some.Status(5)));

        Tell("h1", [], ("h1", Some.Status(2)));
        Nodes.Find("n1").Should().NotBeNull();

        TellAll("h1", ("h1", Some.Status(3)));
        Nodes.All.Select(node => node.Name).Should().Equal("h1");
    }

    [Fact]
    public void Who_asks_for_news_is_told_what_has_gone_since()
    {
        TellAll("h1", ("n1", Some.Status(5)), ("n2", Some.Status(5)));
        var before = _head.Core.NodesSince(0, 100, _head.Now);
        before.Removed.Should().BeEmpty();

        Tell("h1", ["n1"]);
        var after = _head.Core.NodesSince(before.Seq, 100, _head.Now);

        after.Removed.Should().Equal("n1");
        after.Statuses.Keys.Should().NotContain("n2");
        _head.Core.NodesSince(after.Seq, 100, _head.Now).Removed.Should().BeEmpty();

        TellAll("h1", ("n1", Some.Status(6)), ("n2", Some.Status(5)));
        _head.Core.NodesSince(before.Seq, 100, _head.Now).Removed.Should().BeEmpty();
    }

    [Fact]
    public void A_load_average_is_no_news_that_matters_and_a_slot_is()
    {
        TellAll("n1", ("n1", Some.Status(5)));
        var (seq, mattering) = (Nodes.Seq, Nodes.SignificantSeq);

        TellAll("n1", ("n1", Some.Status(6, loadavg: 3)));
        Nodes.Seq.Should().BeGreaterThan(seq);
        Nodes.SignificantSeq.Should().Be(mattering);

        TellAll("n1", ("n1", Some.Status(7, slots: 9)));
        Nodes.SignificantSeq.Should().Be(Nodes.Seq);
    }

    [Fact]
    public void A_node_that_goes_offline_is_news_that_matters()
    {
        TellAll("n1", ("n1", Some.Status(5)));
        var mattering = Nodes.SignificantSeq;
        _head.News();

        _head.Pass(21);

        Nodes.SignificantSeq.Should().BeGreaterThan(mattering);
    }

    [Fact]
    public void Nobody_tells_us_how_we_are_ourselves()
    {
        Tell("h1", [], ("n1", Some.Status(5)));

        Nodes.Find("head").Should().BeNull();
        Nodes.IsReachedThrough("h1", "head").Should().BeFalse();
    }
}
