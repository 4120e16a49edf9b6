namespace MeeseeksBox.Simulation.Network;

/// <summary>The make-believe network: how long everything takes, where nothing gets through, and what connections there are.</summary>
internal sealed class Links(Agenda agenda, Random random)
{
    private readonly Dictionary<(string, string), double> _delays = [];
    private readonly HashSet<(string, string)> _cuts = [];
    private readonly List<Connection> _connections = [];

    /// <summary>The least and the most that the network takes from one box to another, when all is well; in seconds.</summary>
    public (double Least, double Most) UsualDelay { get; set; } = (0.0001, 0.02);

    /// <summary>The connections that are open.</summary>
    public IReadOnlyList<Connection> Connections => _connections;

    /// <summary>How long the next thing takes from one box to another: the usual, and a random part.</summary>
    public double Delay(string from, string to)
    {
        var pair = Pair(from, to);
        if (!_delays.TryGetValue(pair, out var usual))
        {
            usual = UsualDelay.Least + (random.NextDouble() * (UsualDelay.Most - UsualDelay.Least));
            _delays.Add(pair, usual);
        }

        return usual * (1 + random.NextDouble());
    }

    /// <summary>Sets how long everything takes between two boxes; null for the usual.</summary>
    public void SetDelay(string one, string other, double? seconds)
    {
        if (seconds is { } delay)
        {
            _delays[Pair(one, other)] = delay;
        }
        else
        {
            _ = _delays.Remove(Pair(one, other));
        }
    }

    public bool IsCut(string one, string other) => _cuts.Contains(Pair(one, other));

    /// <summary>Lets nothing through between two boxes. Neither is told: they find out by waiting in vain.</summary>
    public void Cut(string one, string other) => _cuts.Add(Pair(one, other));

    /// <summary>Lets everything through again: what was held up arrives too.</summary>
    public void Heal(string one, string other)
    {
        if (_cuts.Remove(Pair(one, other)))
        {
            foreach (var connection in _connections.Where(connection => connection.IsBetween(one, other)).ToArray())
            {
                connection.Resume();
            }
        }
    }

    public void HealAll()
    {
        foreach (var (one, other) in _cuts.ToArray())
        {
            Heal(one, other);
        }

        _delays.Clear();
    }

    /// <summary>Tries to connect.</summary>
    /// <param name="client">Who connects.</param>
    /// <param name="server">With whom.</param>
    /// <param name="timeout">How long it is tried.</param>
    /// <param name="accept">Asks the server, which may be down: null then.</param>
    /// <param name="connected">Tells the client; null when it did not come about.</param>
    public void Connect(string client, string server, double timeout, Func<Connection, Served?> accept, Action<Connection?> connected)
    {
        var there = Delay(client, server);
        agenda.In(there, () =>
        {
            if (IsCut(client, server))
            {
                agenda.In(timeout - there, () => connected(null));
                return;
            }

            var connection = new Connection(agenda, this, client, server);
            connection.Server = accept(connection);
            if (connection.Server is not null)
            {
                _connections.Add(connection);
            }

            agenda.In(Delay(server, client), () => connected(connection.Server is null ? null : connection));
        });
    }

    public bool Flips() => random.Next(2) is 0;

    public void Forget(Connection connection) => _connections.Remove(connection);

    private static (string, string) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
