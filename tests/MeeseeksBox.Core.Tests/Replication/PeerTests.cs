using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>The record of a peer.</summary>
public sealed class PeerTests
{
    private readonly Peer _peer = new("n1");

    [Fact]
    public void Ids_are_unique_and_in_the_order_of_insertion()
    {
        _peer.Enqueue("b");
        _peer.Enqueue("a");
        _peer.Enqueue("b");

        new[] { _peer.Dequeue(), _peer.Dequeue(), _peer.Dequeue() }.Should().Equal("b", "a", null);
        _peer.HasPending.Should().BeFalse();
    }

    [Fact]
    public void A_copy_that_the_peer_has_is_not_sent()
    {
        _peer.Enqueue("a");

        _peer.MarkInSync("a", 5);

        (_peer.HasPending, _peer.Dequeue()).Should().Be((false, null));
        (_peer.Knows("a"), _peer.IsInSync("a", 5), _peer.IsInSync("a", 6)).Should().Be((true, true, false));
    }

    [Fact]
    public void A_divergent_copy_is_known_and_in_sync_with_no_local_one()
    {
        _peer.MarkDivergent("a");

        (_peer.Knows("a"), _peer.IsInSync("a", 1)).Should().Be((true, false));
    }

    [Fact]
    public void A_removed_job_is_forgotten_and_may_be_added_again()
    {
        _peer.Enqueue("a");

        _peer.Forget("a");

        _peer.HasPending.Should().BeFalse();
        _peer.Enqueue("a");
        _peer.Dequeue().Should().Be("a");
    }

    [Fact]
    public void A_removed_job_of_which_the_peer_has_a_divergent_copy_is_still_sent()
    {
        _peer.MarkInSync("a", 5);
        _peer.Enqueue("a");

        _peer.Forget("a");

        (_peer.Knows("a"), _peer.Dequeue()).Should().Be((false, "a"));
    }
}
