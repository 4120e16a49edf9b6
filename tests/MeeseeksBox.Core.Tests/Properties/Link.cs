using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>A link to a downstream node: the real session without a network.</summary>
internal sealed class Link
{
    private readonly DownstreamSession _session;
    private readonly Queue<PeerMessage> _sent = new();
    private Job? _lastOfPiece;
    private bool _isConnected;

    /// <param name="up">The upstream node, which sends the requests.</param>
    /// <param name="down">The downstream node, which replies.</param>
    public Link(TestNode up, TestNode down)
    {
        (Up, Down) = (up, down);
        var peer = up.Core.AddPeer(down.Core.Settings.Name, up.Now);
        _session = new DownstreamSession(peer, new LinkTiming(Refresh: 1, Poll: 10, Timeout: 1e6, Piece: 1), new Random(1));
    }

    /// <summary>True while the link is cut.</summary>
    public bool IsCut { get; private set; }

    public TestNode Up { get; }

    public TestNode Down { get; }

    /// <summary>Cuts or heals the link. A healed link starts again with a greeting.</summary>
    public void Cut(bool cut)
    {
        IsCut = cut;
        _isConnected = false;
        _sent.Clear();
        _ = _session.Disconnect(Up.Now);
    }

    /// <summary>Delivers all lines in flight and their replies.</summary>
    /// <param name="answerIsLost">True when the connection breaks after the lines and before the replies.</param>
    public void Exchange(bool answerIsLost)
    {
        if (IsCut)
            return;

        if (!_isConnected)
        {
            _isConnected = true;
            _session.Connect(Up.Now);
        }

        Advance(null);
        PeerReply[] replies = [.. Enumerable.Range(0, _sent.Count).Select(_ => Reply(_sent.Dequeue()))];
        if (answerIsLost)
        {
            Cut(false);
            return;
        }

        foreach (var reply in replies)
            Advance(reply);

        // Further pieces.
        while (_sent.Count is 1 && _sent.Peek() is { Wait: null, JobsAfter: not null })
            Advance(Reply(_sent.Dequeue()));
    }

    private void Advance(PeerReply? reply)
    {
        var step = _session.Advance(Up.Core, reply, Up.Now);
        step.Failure.Should().BeNull();
        foreach (var message in step.Messages)
            _sent.Enqueue(message);
    }

    private PeerReply Reply(PeerMessage message)
    {
        Down.Merge([.. message.Jobs ?? []]);
        if (message is not { JobsAfter: { } jobsAfter, NodesAfter: { } nodesAfter })
            return new PeerReply();

        var nodes = Down.Core.NodesSince(nodesAfter, wait: null, Down.Now);
        (var jobs, var seq, _lastOfPiece) = Down.Core.PieceSince(
            jobsAfter,
            _lastOfPiece,
            (int?)message.Limit ?? int.MaxValue,
            unassigned: false,
            removed: message.Wait is not null || jobsAfter > 0,
            removedAfter: 0);
        return new PeerReply
        {
            Jobs = jobs,
            Seq = seq,
            HasMore = _lastOfPiece is not null,
            HasGap = jobsAfter > 0 && Down.Core.HasGapSince(jobsAfter),
            Instance = Down.Core.Settings.Name,
            Now = Down.Now.Wall,
            Nodes = nodes.Statuses,
            NodesSeq = nodes.Seq,
            NodesGone = nodesAfter is 0 ? null : nodes.Removed,
        };
    }
}
