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
        _peer = up.Core.AddPeer(down.Core.Settings.Name, up.Now);
    }

    /// <summary>True while nothing gets through.</summary>
    public bool IsCut { get; private set; }

    public TestNode Up { get; }

    public TestNode Down { get; }

    /// <summary>Cuts it, or heals it: it then starts from the beginning.</summary>
    public void Cut(bool cut)
    {
        IsCut = cut;
        NodeCore.Disconnected(_peer);
    }

    /// <summary>One request and its answer.</summary>
    /// <param name="answerIsLost">The request arrives, the connection breaks before the answer does.</param>
    public void Exchange(bool answerIsLost)
    {
        if (IsCut)
        {
            return;
        }

        Down.Merge([.. Up.Core.DequeuePending(_peer)]);
        Job[] answer = [.. Down.Core.ChangesSince(_peer.Seq)];
        var seq = Down.Core.Seq;
        var nodes = Down.Core.NodesSince(_peer.NodesSeq, oldest: 0, Down.Now);
        if (answerIsLost)
        {
            Cut(false);
            return;
        }

        Up.Core.MergeNodesOf(_peer, nodes.Statuses, _peer.NodesSeq is 0 ? null : nodes.Removed, nodes.Seq, Up.Now).Should().BeNull();
        Up.Core.MergeJobsOf(_peer, answer, seq, Up.Now);
    }
}
