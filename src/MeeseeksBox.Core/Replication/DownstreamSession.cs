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

    private readonly LinkTiming _timing;
    private readonly ReconnectBackoff _backoff;

    // The lines without a reply so far, in the order in which they were sent.
    private readonly Queue<PeerMessage> _unanswered = new();
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
    public void Connect(Instant now)
    {
        _unanswered.Clear();
        (_upSince, IsLegacy, _replyDue, _nodesAskedAt) = (null, false, double.PositiveInfinity, now.Monotonic);
    }

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
        if (reply is not null && Receive(core, reply, now) is { } refusal)
            return new SessionStep(refusal, [], double.PositiveInfinity);

        if (now.Monotonic >= _replyDue)
        {
            var silence = string.Create(CultureInfo.InvariantCulture, $"the reply is {_timing.Timeout} s overdue");
            return new SessionStep(silence, [], double.PositiveInfinity);
        }

        var messages = new List<PeerMessage>();
        while (Next(core, now) is { } message)
        {
            _unanswered.Enqueue(message);
            messages.Add(message);
            if (_unanswered.Count is 1)
                ExpectReply(now);
        }

        return new SessionStep(null, messages, Math.Min(_replyDue, _unanswered.Count is 0 ? _nextPollAt : double.PositiveInfinity));
    }

    /// <summary>Ends the connection, or the attempt to make one.</summary>
    /// <returns>The pause before the next attempt, in seconds.</returns>
    public double Disconnect(Instant now)
    {
        Peer.Reset();
        var pause = _backoff.Next(now.Monotonic - _upSince);
        _upSince = null;
        return pause;
    }

    private string? Receive(NodeCore core, PeerReply reply, Instant now)
    {
        if (!_unanswered.TryDequeue(out var message))
            return "the node sent a reply without a request";

        ExpectReply(now);

        // The reply to a look-up by ids says nothing about other jobs with lower numbers.
        var merged = message.JobIds is null ? reply : reply with { Seq = Peer.Seq };
        if (message.IsPoll && core.MergeReply(Peer, merged, now) is { } refusal)
            return refusal;

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

    private void ExpectReply(Instant now) =>
        _replyDue = _unanswered.TryPeek(out var next) ? now.Monotonic + (next.Wait ?? 0) + _timing.Timeout : double.PositiveInfinity;

    private PeerMessage? Next(NodeCore core, Instant now)
    {
        if (!IsUp)
        {
            // The greeting goes first and alone. Its reply reveals a cycle, and the jobs that the peer has already.
            return _unanswered.Count is 0 ? new PeerMessage { JobsAfter = 0, NodesAfter = 0 } : null;
        }

        return IsLegacy ? NextLegacy(core, now) : NextLongPoll(core);
    }

    private PeerMessage? NextLongPoll(NodeCore core)
    {
        if (!_unanswered.Any(message => message.IsPoll))
        {
            var jobs = core.DequeuePending(Peer, isPoll: true);
            return new PeerMessage
            {
                Jobs = jobs,
                JobsAfter = Peer.Seq,
                NodesAfter = Peer.NodesSeq,
                Wait = PollOf(core),

                // A head above this node that needs reports of each job needs those of the peer too.
                AcceptsLease = core.State.HeadsWithoutLease is 0,
            };
        }

        // At most one further line is in flight; the next one carries the changes since.
        return Peer.HasPending && _unanswered.Count is 1 ? new PeerMessage { Jobs = core.DequeuePending(Peer, isPoll: false) } : null;
    }

    private PeerMessage? NextLegacy(NodeCore core, Instant now)
    {
        if (_unanswered.Count > 0 || (!Peer.HasPending && now.Monotonic < _nextPollAt))
            return null;

        var jobs = core.DequeuePending(Peer, isPoll: true);
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
