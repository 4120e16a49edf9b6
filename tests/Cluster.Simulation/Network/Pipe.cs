namespace MeeseeksBox.Simulation.Network;

/// <summary>One direction of a connection: messages arrive later and in order, and a partition delays them.</summary>
internal sealed class Pipe(Agenda agenda, Links links, string from, string to)
{
    private readonly Queue<(Action Deliver, int Loss)> _heldUp = new();
    private double _last;
    private int _loss;

    public void Send(Action deliver)
    {
        _last = Math.Max(_last, agenda.Now + links.Delay(from, to));
        var loss = _loss;
        agenda.In(_last - agenda.Now, () => Arrive(deliver, loss));
    }

    /// <summary>Drops all messages in flight. Later messages arrive.</summary>
    public void Lose() => _loss++;

    /// <summary>Delivers the delayed messages, before those in flight.</summary>
    public void Resume()
    {
        while (_heldUp.TryDequeue(out var one))
            agenda.In(0, () => Arrive(one.Deliver, one.Loss));
    }

    private void Arrive(Action deliver, int loss)
    {
        if (loss != _loss)
            return;

        if (links.IsCut(from, to))
        {
            _heldUp.Enqueue((deliver, loss));
            return;
        }

        deliver();
    }
}
