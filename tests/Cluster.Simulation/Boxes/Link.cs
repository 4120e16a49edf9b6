using MeeseeksBox.Core;
using MeeseeksBox.Core.Peers;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>What <c>meeseeks-box/Links</c> does: connects and connects again, greets, exchanges; each wait with its limit.</summary>
internal sealed class Link(Box box, Peer peer, World world)
{
    private const double ShortestPause = 0.1;
    private const double LongestPause = 10;
    private const double Growth = 1.25;

    // What it takes from being woken to sending, in which more may pile up.
    private const double Reaction = 0.0002;

    // The lines sent and not yet answered, in their order: true for those that ask for news.
    private readonly Queue<bool> _unanswered = new();

    private double _pause = ShortestPause;
    private Connection? _connection;
    private bool _isGreeted;
    private bool _isOld;
    private bool _isEnded;
    private bool _isWoken;
    private double _polledAt;

    // Counts what an earlier limit or pause must not be taken for.
    private int _waits;

    public Peer Peer => peer;

    public void Connect()
    {
        if (!_isEnded)
        {
            world.Links.Connect(box.Name, peer.Name, world.Times.Timeout, world.Boxes[peer.Name].Accept, Connected);
        }
    }

    /// <summary>The box has ended, or the link was taken out.</summary>
    public void End()
    {
        _isEnded = true;
        _waits++;
        _connection?.CloseAtClient(isCrash: !box.IsUp);
        _connection = null;
        NodeCore.Disconnected(peer);
    }

    /// <summary>There is something to be sent.</summary>
    public void Wake()
    {
        if (_connection is not null && _isGreeted && !_isWoken)
        {
            _isWoken = true;
            After(Reaction, () =>
            {
                _isWoken = false;
                Exchange();
            });
        }
    }

    private void Connected(Connection? connection)
    {
        if (_isEnded)
        {
            connection?.CloseAtClient(isCrash: false);
            return;
        }

        if (connection is null)
        {
            Down("no connection");
            return;
        }

        _connection = connection;
        _unanswered.Clear();
        (_isGreeted, _isWoken) = (false, false);
        connection.Answered = Take;
        connection.Closed = () => Down("closed");
        Send(box.Plan.IsOld
            ? new Request { Sync = [], JobsAfter = 0, AsksForNodes = true }
            : new Request { JobsAfter = 0, AsksForNodes = true, NodesAfter = 0 }, asks: true, wait: 0);
    }

    private void Take(Answer response)
    {
        var asked = _unanswered.Dequeue();
        _waits++;
        if (asked && TakeIn(response) is { } refusal)
        {
            world.Account.NoteRefused(response);
            Down(refusal);
            return;
        }

        if (!_isGreeted)
        {
            _isGreeted = true;
            _isOld = response.NodesSeq is null;
            _pause = ShortestPause;
            _polledAt = world.Agenda.Now;
            world.Account.NoteUp(box, peer.Name);
        }

        if (_unanswered.Count > 0)
        {
            Limit(_isOld ? 0 : world.Times.Poll);
        }

        if (_isOld && !peer.HasPending)
        {
            After(world.Times.Refresh, Exchange, _waits);
            return;
        }

        Exchange();
    }

    private string? TakeIn(Answer response) => box.Do(Turn.Merge, (core, now) =>
    {
        var refusal = response.Nodes is null ? null : core.MergeNodesOf(peer, response.Nodes, response.NodesGone, response.NodesSeq, now);
        if (refusal is not null)
        {
            core.ForgetNodesOf(peer, now);
        }
        else if (response.Jobs is not null)
        {
            core.MergeJobsOf(peer, response.Jobs, response.Seq, now);
        }

        return refusal;
    }, response.Jobs);

    private void Exchange()
    {
        if (_isOld)
        {
            if (_unanswered.Count is 0)
            {
                var isPoll = world.Agenda.Now - _polledAt >= world.Times.Poll;
                _polledAt = isPoll ? world.Agenda.Now : _polledAt;
                Send(new Request { Sync = TakePending(isTurn: true), JobsAfter = peer.Seq, AsksForNodes = isPoll, NodesAfter = box.Plan.IsOld ? null : peer.NodesSeq }, asks: true, wait: 0);
            }
        }
        else if (!_unanswered.Contains(true))
        {
            Send(
                new Request { Sync = TakePending(isTurn: true), JobsAfter = peer.Seq, AsksForNodes = true, NodesAfter = peer.NodesSeq, Wait = world.Times.Poll },
                asks: true,
                world.Times.Poll);
        }
        else if (peer.HasPending && _unanswered.Count is 1)
        {
            Send(new Request { Sync = TakePending(isTurn: false) }, asks: false, world.Times.Poll);
        }
    }

    private IReadOnlyList<Protocol.Jobs.Job> TakePending(bool isTurn) => box.Do(Turn.Own, (core, _) => core.DequeuePending(peer, isTurn));

    private void Send(Request request, bool asks, double wait)
    {
        _unanswered.Enqueue(asks);
        if (request.Sync is { Count: > 0 } jobs)
        {
            world.Account.NoteSent(box.Name, peer.Name, jobs);
        }

        _connection!.Send(world.Wire.Carry(request));
        if (_unanswered.Count is 1)
        {
            Limit(wait);
        }
    }

    private void Limit(double wait) => After(wait + world.Times.Timeout, () => Down("nothing comes"), ++_waits);

    private void After(double seconds, Action what, int? wait = null)
    {
        var connection = _connection;
        box.InThisLife(seconds, () =>
        {
            if (_connection == connection && (wait is null || wait == _waits))
            {
                what();
            }
        });
    }

    private void Down(string why)
    {
        if (_isEnded)
        {
            return;
        }

        world.Tell($"{box.Name}→{peer.Name} down: {why}");
        _connection?.CloseAtClient(isCrash: false);
        _connection = null;
        _waits++;
        box.Do(Turn.Own, (_, _) => NodeCore.Disconnected(peer));
        box.InThisLife(_pause * world.Between(0.5, 1), Connect);
        _pause = Math.Min(_pause * Growth, LongestPause);
    }
}
