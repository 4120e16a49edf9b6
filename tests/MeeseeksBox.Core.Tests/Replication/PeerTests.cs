using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>What is kept of a peer.</summary>
public sealed class PeerTests
{
    private readonly Peer _peer = new("n1");

    [Fact]
    public void Ids_come_in_the_order_in_which_they_were_first_put_in_and_once()
    {
        _peer.Enqueue("b");
        _peer.Enqueue("a");
        _peer.Enqueue("b");

        new[] { _peer.Dequeue(), _peer.Dequeue(), _peer.Dequeue() }.Should().Equal("b", "a", null);
        _peer.HasPending.Should().BeFalse();
    }

    [Fact]
    public void What_the_peer_has_now_need_not_be_sent()
    {
        _peer.Enqueue("a");

        _peer.MarkInSync("a", 5);

        (_peer.HasPending, _peer.Dequeue()).Should().Be((false, null));
        (_peer.Knows("a"), _peer.IsInSync("a", 5), _peer.IsInSync("a", 6)).Should().Be((true, true, false));
    }

    [Fact]
    public void Another_copy_is_known_and_not_the_same_as_any_of_ours()
    {
        _peer.MarkDivergent("a");

        (_peer.Knows("a"), _peer.IsInSync("a", 1)).Should().Be((true, false));
    }

    [Fact]
    public void What_has_left_is_forgotten_and_may_come_again()
    {
        _peer.Enqueue("a");

        _peer.Forget("a");

        _peer.HasPending.Should().BeFalse();
        _peer.Enqueue("a");
        _peer.Dequeue().Should().Be("a");
    }

    [Fact]
    public void What_has_left_and_the_peer_has_another_copy_of_is_still_sent()
    {
        _peer.MarkInSync("a", 5);
        _peer.Enqueue("a");

        _peer.Forget("a");

        (_peer.Knows("a"), _peer.Dequeue()).Should().Be((false, "a"));
    }
}
