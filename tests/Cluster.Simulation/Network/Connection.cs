using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Simulation.Network;

/// <summary>A connection of a link with the box downstream of it: requests one way, answers the other, and the ways in which it ends.</summary>
internal sealed class Connection(Agenda agenda, Links links, string client, string server)
{
    private readonly Pipe _toServer = new(agenda, links, client, server);
    private readonly Pipe _toClient = new(agenda, links, server, client);
    private bool _isClosed;

    public string Client => client;

    public string ServerName => server;

    /// <summary>The end at the server.</summary>
    public Served? Server { get; set; }

    /// <summary>Takes answers at the client.</summary>
    public Action<PeerReply> Answered { get; set; } = _ => { };

    /// <summary>Tells the client that it is over.</summary>
    public Action Closed { get; set; } = () => { };

    public bool IsBetween(string one, string other) => (client == one && server == other) || (client == other && server == one);

    public void Send(PeerMessage message) => _toServer.Send(() => Server!.Take(message));

    public void Answer(PeerReply reply) => _toClient.Send(() => Answered(reply));

    /// <summary>The client ends it. What it has sent may still arrive, even long after it has connected again.</summary>
    public void CloseAtClient(bool isCrash)
    {
        Answered = _ => { };
        Closed = () => { };
        if (!_isClosed)
        {
            if (isCrash || links.Flips())
            {
                _toServer.Lose();
            }

            _toServer.Send(End);
        }
    }

    /// <summary>The server is gone. What it has answered may still arrive.</summary>
    public void CloseAtServer()
    {
        if (!_isClosed)
        {
            if (links.Flips())
            {
                _toClient.Lose();
            }

            _toServer.Lose();
            _toClient.Send(End);
        }
    }

    /// <summary>The connection breaks, and both are told; each way, what is under way arrives or not.</summary>
    public void Break()
    {
        if (links.Flips())
        {
            _toServer.Lose();
        }

        if (links.Flips())
        {
            _toClient.Lose();
        }

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
        {
            return;
        }

        _isClosed = true;
        links.Forget(this);
        Server!.Close();
        Closed();
    }
}
