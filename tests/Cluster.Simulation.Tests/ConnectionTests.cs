using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Tests;

/// <summary>The simulated network has the guarantees of TCP, and no others.</summary>
public sealed class ConnectionTests
{
    private readonly Agenda _agenda = new();
    private readonly Links _links;
    private readonly List<double> _arrived = [];
    private bool _isClosed;

    public ConnectionTests() => _links = new Links(_agenda, new Random(3)) { UsualDelay = (0.1, 0.1) };

    private Connection Connect()
    {
        var made = default(Connection);
        _links.Connect(
            "a",
            "b",
            10,
            _ => new Served(request => _arrived.Add(request.Wait ?? 0), () => _isClosed = true),
            connection => made = connection);
        _agenda.Pass(1);
        return made!;
    }

    private static void Send(Connection connection, params double[] numbers)
    {
        foreach (var number in numbers)
            connection.Send(new PeerMessage { Wait = number });
    }

    [Fact]
    public void Lines_arrive_in_their_order_whatever_the_delay_of_each()
    {
        Send(Connect(), [.. Enumerable.Range(0, 100)]);
        _agenda.Pass(100);

        _arrived.Should().HaveCount(100).And.BeInAscendingOrder();
    }

    [Fact]
    public void Lines_delayed_by_a_partition_arrive_after_it_and_before_later_lines()
    {
        var connection = Connect();
        _links.Cut("a", "b");
        Send(connection, 1, 2);
        _agenda.Pass(5);
        _arrived.Should().BeEmpty();

        Send(connection, 3);
        _links.Heal("b", "a");
        Send(connection, 4);
        _agenda.Pass(5);

        _arrived.Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void A_broken_connection_closes_at_both_ends()
    {
        var connection = Connect();
        var isClosedAtClient = false;
        connection.Closed = () => isClosedAtClient = true;

        connection.Break();
        _agenda.Pass(1);

        (_isClosed, isClosedAtClient).Should().Be((true, true));
        _links.Connections.Should().BeEmpty();
    }

    [Fact]
    public void No_connection_is_made_through_a_partition()
    {
        _links.Cut("a", "b");

        Connect().Should().BeNull();
    }

    [Fact]
    public void Lines_in_flight_from_a_crashed_box_are_lost()
    {
        var connection = Connect();
        Send(connection, 1);

        connection.CloseAtClient(isCrash: true);
        _agenda.Pass(1);

        (_arrived.Count, _isClosed).Should().Be((0, true));
    }
}
