using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Simulation.Network;

/// <summary>A connection of a link to a downstream box.</summary>
internal sealed class Connection(Agenda agenda, Links links, string client, string server)
{
    private readonly Pipe _toServer = new(agenda, links, client, server);
    private readonly Pipe _toClient = new(agenda, links, server, client);
    private bool _isClosed;

    public string Client => client;

    public string ServerName => server;

    /// <summary>The server end.</summary>
    public Served? Server { get; set; }

    /// <summary>Receives replies at the client.</summary>
    public Action<PeerReply> Answered { get; set; } = _ => { };

    /// <summary>Called at the client when the connection is closed.</summary>
    public Action Closed { get; set; } = () => { };

    public bool IsBetween(string one, string other) => (client == one && server == other) || (client == other && server == one);

    public void Send(PeerMessage message) => _toServer.Send(() => Server!.Take(message));

    public void Answer(PeerReply reply) => _toClient.Send(() => Answered(reply));

    /// <summary>Closes it at the client. Its lines in flight may still arrive, even long after a new connection.</summary>
    public void CloseAtClient(bool isCrash)
    {
        Answered = _ => { };
        Closed = () => { };
        if (!_isClosed)
        {
            if (isCrash || links.Flips())
                _toServer.Lose();

            _toServer.Send(End);
        }
    }

    /// <summary>Closes it at a server that has ended. Its replies in flight may still arrive.</summary>
    public void CloseAtServer()
    {
        if (!_isClosed)
        {
            if (links.Flips())
                _toClient.Lose();

            _toServer.Lose();
            _toClient.Send(End);
        }
    }

    /// <summary>Breaks the connection and notifies both ends. In each direction, the lines in flight arrive or are lost.</summary>
    public void Break()
    {
        if (links.Flips())
            _toServer.Lose();

        if (links.Flips())
            _toClient.Lose();

        _toServer.Send(() => Server!.Close());
        _toClient.Send(End);
    }

    public void Resume()
    {
        _toServer.Resume();
        _toClient.Resume();
    }

    private void End()
    {
        if (_isClosed)
            return;

        _isClosed = true;
        links.Forget(this);
        Server!.Close();
        Closed();
    }
}
