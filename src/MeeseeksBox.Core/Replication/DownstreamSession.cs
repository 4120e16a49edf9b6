using System.Globalization;

namespace MeeseeksBox.Core.Replication;

/// <summary>The exchange of a link with its peer, as a state machine (docs/SPECIFICATION.md#links).</summary>
/// <remarks>
/// The session decides which lines the link sends, and when. A peer holds the reply to one request until it has changes (long poll). Local
/// changes are sent at once in a further line, which also releases that reply. A legacy peer replies at once: it is polled every
/// <c>refresh</c>, and every <c>poll</c> for its nodes and for the jobs that are live there. A third of <c>state.timeout</c> counts where
/// it is shorter than <c>poll</c>. The session has no I/O and no clock; its owner calls it under the lock of the core.
/// </remarks>
public sealed class DownstreamSession
{
    /// <summary>The longest pause between two attempts to connect, in seconds.</summary>
    public const double LongestPause = ReconnectBackoff.Longest;

    // A legacy node scans its whole list of jobs for each id, and does nothing else meanwhile.
    private const int MostLookups = 500;

    private const int PollsPerTimeout = 3;

    // The size of a piece grows up to this number of bytes while pieces arrive in less than this number of seconds.
    private const long LargestPiece = 8 * 1024 * 1024;
    private const double QuickPiece = 0.5;

    private readonly LinkTiming _timing;
    private readonly ReconnectBackoff _backoff;
    private readonly ClockComparison _clocks = new();

    // The lines without a reply so far, in the order in which they were sent.
    private readonly Queue<(PeerMessage Message, Instant At)> _unanswered = new();
    private long _piece;
    private double _replyDue = double.PositiveInfinity;
    private double _nextPollAt;
    private double _nodesAskedAt;
    private double? _upSince;
    private int _lookedUp;

    /// <summary>A session without a connection.</summary>
    /// <param name="peer">The state of the sync with the peer.</param>
    /// <param name="timing">The times of the link.</param>
    /// <param name="random">The source of jitter.</param>
    public DownstreamSession(Peer peer, LinkTiming timing, Random random)
    {
        (Peer, _timing) = (peer, timing);
        _backoff = new ReconnectBackoff(random);
    }

    /// <summary>The state of the sync with the peer.</summary>
    public Peer Peer { get; }

    /// <summary>True once the peer has replied on the present connection.</summary>
    public bool IsUp => _upSince is not null;

    /// <summary>True when the peer cannot hold replies.</summary>
    public bool IsLegacy { get; private set; }

    /// <summary>Starts on a new connection.</summary>
    public void Connect(Instant now) =>
        (_upSince, IsLegacy, _replyDue, _nodesAskedAt, _piece) = (null, false, double.PositiveInfinity, now.Monotonic, _timing.Piece);

    /// <summary>Restarts the timeout of a reply: a byte has moved in either direction.</summary>
    /// <remarks>A slow network transports a large line for much longer than the timeout.</remarks>
    /// <param name="at">When the last byte moved, in monotonic seconds.</param>
    public void RecordTraffic(double at)
    {
        if (double.IsFinite(_replyDue))
            _replyDue = Math.Max(_replyDue, at + _timing.Timeout);
    }

    /// <summary>Merges a reply and says what to do next.</summary>
    /// <param name="core">The core of this node.</param>
    /// <param name="reply">The reply; null when none came: the core has woken the link, or its deadline has passed.</param>
    /// <param name="now">The time.</param>
    public SessionStep Advance(NodeCore core, PeerReply? reply, Instant now)
    {
        var clockDifference = _unanswered.TryPeek(out var answered) ? _clocks.Compare(reply?.Now, answered.At, now) : null;
        if (reply is not null && Receive(core, reply, now) is { } refusal)
            return SessionStep.End(refusal);

        if (now.Monotonic >= _replyDue)
        {
            return SessionStep.End(
                new LinkFailure(string.Create(CultureInfo.InvariantCulture, $"the reply is {_timing.Timeout} s overdue")));
        }

        var messages = new List<PeerMessage>();
        while (Next(core, now) is { } message)
        {
            _unanswered.Enqueue((message, now));
            messages.Add(message);
            if (_unanswered.Count is 1)
                ExpectReply(now);
        }

        var deadline = Math.Min(_replyDue, _unanswered.Count is 0 ? _nextPollAt : double.PositiveInfinity);
        return new SessionStep(null, messages, deadline) { ClockDifference = clockDifference };
    }

    /// <summary>Ends the connection, or the attempt to make one.</summary>
    /// <returns>The pause before the next attempt, in seconds.</returns>
    public double Disconnect(Instant now)
    {
        Peer.Disconnect(_unanswered.SelectMany(sent => sent.Message.Jobs ?? []).Select(job => job.Id));
        _unanswered.Clear();
        var pause = _backoff.Next(now.Monotonic - _upSince);
        _upSince = null;
        return pause;
    }

    private LinkFailure? Receive(NodeCore core, PeerReply reply, Instant now)
    {
        if (!_unanswered.TryDequeue(out var sent))
            return new LinkFailure("the node sent a reply without a request");

        ExpectReply(now);
        if (sent.Message.IsPoll && core.MergeReply(Peer, Mergeable(reply, sent.Message), now) is { } refusal)
            return refusal;

        if (reply.HasMore)
            _piece = now.Monotonic - sent.At.Monotonic < QuickPiece ? Math.Min(_piece * 2, LargestPiece) : _timing.Piece;

        if (_upSince is null)
        {
            (_upSince, _nextPollAt) = (now.Monotonic, now.Monotonic);
            IsLegacy = reply.NodesSeq is null;
        }
        else
        {
            _nextPollAt = now.Monotonic + _timing.Refresh;
        }

        return null;
    }

    // The reply to a look-up by ids says nothing about other jobs with lower numbers.
    private PeerReply Mergeable(PeerReply reply, PeerMessage message) =>
        message.JobsAfter is not { } after
            ? reply with { Seq = Peer.Seq, HasMore = Peer.HasMore || !Peer.IsSynced, LookedUp = message.JobIds }
        : Peer.Continue(reply, after) ? reply
        : reply with { Jobs = null };

    private void ExpectReply(Instant now) => _replyDue = _unanswered.TryPeek(out var next)
        ? now.Monotonic + (next.Message.Wait ?? 0) + _timing.Timeout
        : double.PositiveInfinity;

    private PeerMessage? Next(NodeCore core, Instant now)
    {
        if (!IsUp)
        {
            // The greeting goes first and alone. Its reply reveals a cycle, and the jobs that the peer has already.
            return _unanswered.Count is 0 ? new PeerMessage { JobsAfter = Peer.Seq, NodesAfter = 0, Limit = _piece } : null;
        }

        return IsLegacy ? NextLegacy(core, now) : NextLongPoll(core, now);
    }

    private PeerMessage? NextLongPoll(NodeCore core, Instant now)
    {
        if (!_unanswered.Any(sent => sent.Message.IsPoll))
        {
            var jobs = core.DequeuePending(Peer, now);

            // One at a time, because their size is not known.
            if (Peer.Incomplete.Count > 0)
                return new PeerMessage { Jobs = jobs, JobIds = [.. Peer.Incomplete.Take(1)], NodesAfter = Peer.NodesSeq };

            return new PeerMessage
            {
                Jobs = jobs,
                JobsAfter = Peer.Seq,
                NodesAfter = Peer.NodesSeq,
                Limit = _piece,
                AcceptsSame = true,
                Wait = Peer.IsSynced && !Peer.HasMore ? PollOf(core) : null,

                // A head above this node that needs reports of each job needs those of the peer too.
                AcceptsLease = core.State.HeadsWithoutLease is 0,
            };
        }

        // At most one further line is in flight; the next one carries the changes since.
        return Peer.HasPending && _unanswered.Count is 1 && core.DequeuePending(Peer, now, isPoll: false) is [_, ..] changes
            ? new PeerMessage { Jobs = changes }
            : null;
    }

    private PeerMessage? NextLegacy(NodeCore core, Instant now)
    {
        if (_unanswered.Count > 0 || (!Peer.HasPending && now.Monotonic < _nextPollAt))
            return null;

        var jobs = core.DequeuePending(Peer, now);
        if (now.Monotonic - _nodesAskedAt < PollOf(core))
            return new PeerMessage { Jobs = jobs, JobsAfter = Peer.Seq };

        _nodesAskedAt = now.Monotonic;
        var message = new PeerMessage { Jobs = jobs, NodesAfter = Peer.NodesSeq };
        return NextLookups(core.LiveJobsAt(Peer)) is [_, ..] ids ? message with { JobIds = ids } : message with { JobsAfter = Peer.Seq };
    }

    // Several replies in each timeout of a node, so that one that is late takes no node offline.
    private double PollOf(NodeCore core) => Math.Min(_timing.Poll, core.Settings.Timeout / PollsPerTimeout);

    // All live jobs in turn, some at each poll. A legacy node counts its changes from 1 at each start, while its state file has jobs with
    // higher numbers. So a change can have a number below the highest that was received.
    private List<string> NextLookups(IReadOnlyList<string> live)
    {
        _lookedUp = _lookedUp < live.Count ? _lookedUp : 0;
        List<string> next = [.. live.Skip(_lookedUp).Take(MostLookups)];
        _lookedUp += next.Count;
        return next;
    }
}
