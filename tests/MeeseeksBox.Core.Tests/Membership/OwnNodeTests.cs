using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Membership;

/// <summary>The status that a node publishes of itself, and its stamp.</summary>
public sealed class OwnNodeTests
{
    private readonly TestNode _node = new(Some.Node("h1") with { Version = "1.2", Timeout = 20 });

    private NodeStatus Own => _node.Core.NodesSince(0, 10, _node.Now).Statuses["h1"];

    [Fact]
    public void The_status_has_the_pools_links_version_and_routing()
    {
        _node.ReceiveNodes("z9", ("z9", Some.Status(1)), ("n2", Some.Status(1)));
        _ = _node.Peer("b1");

        var status = Own;

        status.Online.Should().BeTrue();
        status.Routing.Should().Equal("h1", "n2", "z9");
        status.Links.Should().Equal("b1", "z9");
        status.Pools.Should().ContainKey("p1").WhoseValue.Should().Be(SlotCount.Of(2));
        status.Ver.Should().Be("1.2");
        status.Caps.Should().Equal("wait", "lease", "tail", "signal", "suspend");
    }

    [Fact]
    public void The_status_is_restamped_only_when_it_is_too_old()
    {
        var first = _node.Core.NodesSince(0, 10, _node.Now);

        _node.Pass(8);
        _node.Core.NodesSince(first.Seq, 10, _node.Now).Statuses.Should().BeEmpty();
        _node.Pass(2);

        var later = _node.Core.NodesSince(first.Seq, 10, _node.Now);
        later.Statuses["h1"].Ts.Should().Be(_node.Clock.Wall);
        _node.Core.Nodes.SignificantSeq.Should().BeLessThanOrEqualTo(first.Seq);
    }

    [Fact]
    public void A_change_of_settings_is_published_at_once()
    {
        var first = _node.Core.NodesSince(0, 10, _node.Now);

        _node.Apply(_node.Core.Settings.WithPool("p2", new()));

        _node.Core.Nodes.SignificantSeq.Should().BeGreaterThan(first.Seq);
        _node.Core.NodesSince(first.Seq, 10, _node.Now).Statuses["h1"].Pools.Should().ContainKey("p2");
    }

    [Fact]
    public void A_node_that_goes_offline_leaves_the_routing()
    {
        _node.ReceiveNodes("n2", ("n2", Some.Status(1)));
        Own.Routing.Should().Equal("h1", "n2");

        _node.Pass(21);

        Own.Routing.Should().Equal("h1");
    }

    [Fact]
    public void The_stamp_grows_when_the_clock_is_set_back()
    {
        var before = _node.Core.OwnStatus(_node.Now).Ts;

        _node.Clock.Wall -= 3600;

        _node.Core.OwnStatus(_node.Now).Ts.Should().BeGreaterThan(before);
    }

    [Fact]
    public void A_restarted_node_has_changes_from_its_first_number_of_change()
    {
        _node.Core.NodesSince(0, 10, _node.Now).Seq.Should().BePositive();
        Own.Online.Should().BeTrue();
    }
}
