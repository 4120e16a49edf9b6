namespace MeeseeksBox.Simulation.Network;

/// <summary>The simulated network: its delays, its partitions and its open connections.</summary>
internal sealed class Links(Agenda agenda, Random random)
{
    private readonly Dictionary<(string, string), double> _delays = [];
    private readonly HashSet<(string, string)> _cuts = [];
    private readonly List<Connection> _connections = [];

    /// <summary>The range of the usual delay between two boxes, in seconds.</summary>
    public (double Least, double Most) UsualDelay { get; set; } = (0.0001, 0.02);

    public IReadOnlyList<Connection> Connections => _connections;

    /// <summary>The delay of the next message: the usual delay of the pair, and a random part.</summary>
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

    /// <summary>Sets the delay between two boxes; null restores the usual one.</summary>
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

    /// <summary>Drops all traffic between two boxes. They detect it by their timeouts only.</summary>
    public void Cut(string one, string other) => _cuts.Add(Pair(one, other));

    /// <summary>Ends a partition. Delayed messages arrive too.</summary>
    public void Heal(string one, string other)
    {
        if (_cuts.Remove(Pair(one, other)))
        {
            foreach (var connection in _connections.Where(connection => connection.IsBetween(one, other)).ToArray())
                connection.Resume();
        }
    }

    public void HealAll()
    {
        foreach (var (one, other) in _cuts.ToArray())
            Heal(one, other);

        _delays.Clear();
    }

    /// <summary>Connects two boxes.</summary>
    /// <param name="client">The name of the box that connects.</param>
    /// <param name="server">The name of the other box.</param>
    /// <param name="timeout">The seconds after which an attempt through a partition fails.</param>
    /// <param name="accept">Called at the server; null when the server is down.</param>
    /// <param name="connected">Called at the client; null when the attempt failed.</param>
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
                _connections.Add(connection);

            agenda.In(Delay(server, client), () => connected(connection.Server is null ? null : connection));
        });
    }

    public bool Flips() => random.Next(2) is 0;

    public void Forget(Connection connection) => _connections.Remove(connection);

    private static (string, string) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
