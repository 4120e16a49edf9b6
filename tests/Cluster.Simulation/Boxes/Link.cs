using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>Simulated socket and timer around the session of a link, in place of <c>meeseeks-box/Links</c>.</summary>
internal sealed class Link
{
    // The seconds from a wake-up to the next line, which may carry several changes.
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
            _world.Links.Connect(_box.Name, Peer.Name, _world.Times.Timeout, _world.Boxes[Peer.Name].Accept, Connected);
    }

    /// <summary>Ends the link, because the box has ended or the link was removed.</summary>
    public void End()
    {
        _isEnded = true;
        _connection?.CloseAtClient(isCrash: !_box.IsUp);
        _connection = null;
        _ = _session.Disconnect(_box.Now);
    }

    /// <summary>Schedules a line, because there are changes to send.</summary>
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
            Down(failure.Reason);
            return;
        }

        if (!wasUp && _session.IsUp)
            _world.Account.NoteUp(_box, Peer.Name);

        foreach (var message in step.Messages)
        {
            if (message.Jobs is { Count: > 0 } jobs)
                _world.Account.NoteSent(_box.Name, Peer.Name, jobs);

            var line = _box.Plan.IsOld ? AsOriginal(message) : message;
            _world.Account.NoteLine(_box.Name, Peer.Name, line.Jobs ?? []);
            _connection!.Send(_world.Wire.Carry(line, _box.Meter, _world.Boxes[Peer.Name].Meter));
        }

        Arm(step.Deadline);
    }

    // A legacy node sends no number of change of nodes, no long poll, and no request of jobs by id.
    private PeerMessage AsOriginal(PeerMessage message) => message with
    {
        Jobs = message.Jobs ?? [],
        JobIds = null,
        JobsAfter = message.IsPoll ? Peer.Seq : null,
        NodesAfter = message.NodesAfter is null ? null : 0,
        Wait = null,
        Limit = null,
        AcceptsSame = false,
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

    private void OnThisConnection(double seconds, Action action)
    {
        var connection = _connection;
        _box.InThisInstance(seconds, () =>
        {
            if (_connection == connection)
                action();
        });
    }

    private void Down(string why)
    {
        if (_isEnded)
            return;

        _world.Log($"{_box.Name}→{Peer.Name} down: {why}");
        _connection?.CloseAtClient(isCrash: false);
        _connection = null;
        _box.InThisInstance(_box.Do(Turn.Own, (_, now) => _session.Disconnect(now)), Connect);
    }
}
