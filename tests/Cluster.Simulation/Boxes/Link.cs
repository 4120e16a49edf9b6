using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>Make-believe socket and timer around the session of a link, in the place of <c>meeseeks-box/Links</c>.</summary>
internal sealed class Link
{
    // The time from a wake to the next line, in which more changes may pile up.
    private const double Reaction = 0.0002;

    private readonly Box _box;
    private readonly World _world;
    private readonly DownstreamSession _session;
    private Connection? _connection;
    private bool _isEnded;
    private bool _isWoken;
    private double _armedFor = double.PositiveInfinity;

    public Link(Box box, Peer peer, World world, Random random)
    {
        (_box, _world) = (box, world);
        _session = new DownstreamSession(peer, world.Times, random);
    }

    public Peer Peer => _session.Peer;

    public void Connect()
    {
        if (!_isEnded)
        {
            _world.Links.Connect(_box.Name, Peer.Name, _world.Times.Timeout, _world.Boxes[Peer.Name].Accept, Connected);
        }
    }

    /// <summary>The box has ended, or the link was removed.</summary>
    public void End()
    {
        _isEnded = true;
        _connection?.CloseAtClient(isCrash: !_box.IsUp);
        _connection = null;
        _ = _session.Disconnect(_box.Now);
    }

    /// <summary>There is something to send.</summary>
    public void Wake()
    {
        if (_connection is not null && !_isWoken)
        {
            _isWoken = true;
            OnThisConnection(Reaction, () =>
            {
                _isWoken = false;
                Advance(null);
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
        (_isWoken, _armedFor) = (false, double.PositiveInfinity);
        connection.Answered = Advance;
        connection.Closed = () => Down("closed");
        _box.Do(Turn.Own, (_, now) => _session.Connect(now));
        Advance(null);
    }

    private void Advance(PeerReply? reply)
    {
        var wasUp = _session.IsUp;
        var turn = reply is null ? Turn.Own : Turn.Merge;
        var step = _box.Do(turn, (core, now) => _session.Advance(core, reply, now), reply?.Jobs);
        if (step.Failure is { } failure)
        {
            _world.Account.NoteRefused(reply);
            Down(failure);
            return;
        }

        if (!wasUp && _session.IsUp)
        {
            _world.Account.NoteUp(_box, Peer.Name);
        }

        foreach (var message in step.Messages)
        {
            if (message.Jobs is { Count: > 0 } jobs)
            {
                _world.Account.NoteSent(_box.Name, Peer.Name, jobs);
            }

            _connection!.Send(_world.Wire.Carry(_box.Plan.IsOld ? AsOriginal(message) : message));
        }

        Arm(step.Deadline);
    }

    // A node of the original knows no numbers of change of nodes, no held replies, and asks for no jobs by id.
    private PeerMessage AsOriginal(PeerMessage message) => message with
    {
        Jobs = message.Jobs ?? [],
        JobIds = null,
        JobsAfter = message.IsPoll ? Peer.Seq : null,
        NodesAfter = message.NodesAfter is null ? null : 0,
        Wait = null,
    };

    private void Arm(double deadline)
    {
        if (double.IsFinite(deadline) && deadline < _armedFor)
        {
            _armedFor = deadline;
            OnThisConnection(Math.Max(deadline - _world.Agenda.Now, 0), () =>
            {
                if (_armedFor == deadline)
                {
                    _armedFor = double.PositiveInfinity;
                    Advance(null);
                }
            });
        }
    }

    private void OnThisConnection(double seconds, Action what)
    {
        var connection = _connection;
        _box.InThisLife(seconds, () =>
        {
            if (_connection == connection)
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

        _world.Tell($"{_box.Name}→{Peer.Name} down: {why}");
        _connection?.CloseAtClient(isCrash: false);
        _connection = null;
        _box.InThisLife(_box.Do(Turn.Own, (_, now) => _session.Disconnect(now)), Connect);
    }
}
