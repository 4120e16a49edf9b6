using MeeseeksBox.Core.Peers;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>What a link from a node to one downstream of it does, without the wire.</summary>
internal sealed class Link
{
    private readonly Peer _peer;

    /// <param name="up">The node that asks.</param>
    /// <param name="down">The node that answers.</param>
    public Link(TestNode up, TestNode down)
    {
        (Up, Down) = (up, down);
        _peer = up.Ledger.AddPeer(down.Ledger.Settings.Name, up.Now);
    }

    /// <summary>True while nothing gets through.</summary>
    public bool IsCut { get; private set; }

    public TestNode Up { get; }

    public TestNode Down { get; }

    /// <summary>Cuts it, or heals it: it then starts from the beginning.</summary>
    public void Cut(bool cut)
    {
        IsCut = cut;
        Ledger.Disconnected(_peer);
    }

    /// <summary>One request and its answer.</summary>
    /// <param name="answerIsLost">The request arrives, the connection breaks before the answer does.</param>
    public void Exchange(bool answerIsLost)
    {
        if (IsCut)
        {
            return;
        }

        Down.Merge([.. Up.Ledger.TakePending(_peer)]);
        Job[] answer = [.. Down.Ledger.Newer(_peer.Seq)];
        var seq = Down.Ledger.Seq;
        var nodes = Down.Ledger.NodesSince(_peer.NodesSeq, oldest: 0, Down.Now);
        if (answerIsLost)
        {
            Cut(false);
            return;
        }

        Up.Ledger.TakeNodes(_peer, nodes.Statuses, _peer.NodesSeq is 0 ? null : nodes.Gone, nodes.Seq, Up.Now).Should().BeNull();
        Up.Ledger.TakeJobs(_peer, answer, seq, Up.Now);
    }
}
