using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Tests;

/// <summary>The make-believe network keeps the promises of a real one, and no others.</summary>
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
        _links.Connect("a", "b", 10, _ => new Served(request => _arrived.Add(request.Wait ?? 0), () => _isClosed = true), connection => made = connection);
        _agenda.Pass(1);
        return made!;
    }

    private static void Send(Connection connection, params double[] numbers)
    {
        foreach (var number in numbers)
        {
            connection.Send(new PeerMessage { Wait = number });
        }
    }

    [Fact]
    public void Lines_arrive_in_their_order_however_long_each_takes()
    {
        Send(Connect(), [.. Enumerable.Range(0, 100)]);
        _agenda.Pass(100);

        _arrived.Should().HaveCount(100).And.BeInAscendingOrder();
    }

    [Fact]
    public void What_is_held_up_by_a_partition_arrives_after_it_and_before_what_is_sent_later()
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
    public void A_connection_that_breaks_tells_both()
    {
        var connection = Connect();
        var told = false;
        connection.Closed = () => told = true;

        connection.Break();
        _agenda.Pass(1);

        (_isClosed, told).Should().Be((true, true));
        _links.Connections.Should().BeEmpty();
    }

    [Fact]
    public void Nobody_connects_through_a_partition()
    {
        _links.Cut("a", "b");

        Connect().Should().BeNull();
    }

    [Fact]
    public void What_a_box_sent_before_it_crashed_is_lost()
    {
        var connection = Connect();
        Send(connection, 1);

        connection.CloseAtClient(isCrash: true);
        _agenda.Pass(1);

        (_arrived.Count, _isClosed).Should().Be((0, true));
    }
}
