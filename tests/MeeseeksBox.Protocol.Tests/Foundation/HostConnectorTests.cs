using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Connections to a name with several addresses (RFC 8305).</summary>
public sealed class HostConnectorTests
{
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Group = IPAddress.Parse("224.0.0.1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_that_does_not_answer_does_not_prevent_the_connection()
    {
        using var good = Listen(First, 0);
        var port = ((IPEndPoint)good.LocalEndPoint!).Port;
        using var silent = Listen(Second, port);
        var waiting = await FillAsync(silent);
        var host = Host(TimeProvider.System, Second, First);

        using var socket = await host.ConnectAsync("name", port, Stop);

        socket.RemoteEndPoint.Should().Be(good.LocalEndPoint);
        (socket.NoDelay, host.Failures).Should().Be((true, ""));
        waiting.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task After_a_refused_address_the_next_is_tried_without_a_pause()
    {
        using var good = Listen(Second, 0);
        var host = Host(new StoppedClock(), First, Second);

        using var socket = await host.ConnectAsync("name", ((IPEndPoint)good.LocalEndPoint!).Port, Stop);

        socket.RemoteEndPoint.Should().Be(good.LocalEndPoint);
        host.Failures.Should().StartWith("127.0.0.1: ");
    }

    [Fact]
    public async Task The_families_alternate_and_the_first_stays_the_first()
    {
        var host = Host(new StoppedClock(), First, Second, IPAddress.IPv6Loopback);

        await host.Invoking(one => one.ConnectAsync("name", FreePort.Find(), Stop)).Should().ThrowAsync<SocketException>();

        host.Failures.Split("; ").Select(failure => failure[..failure.IndexOf(": ", StringComparison.Ordinal)])
            .Should().Equal("127.0.0.1", "::1", "127.0.0.2");
    }

    [Fact]
    public async Task Equal_problems_are_one_and_different_ones_are_all_in_the_message()
    {
        var port = FreePort.Find();

        var equal = await FailAsync(First, Second);
        var different = await FailAsync(First, Group);

        equal.Should().NotBeOfType<MixedFailuresException>();
        equal.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        different.Should().BeOfType<MixedFailuresException>().Which.Message.Should().StartWith("127.0.0.1: ").And.Contain("; 224.0.0.1: ");

        async Task<SocketException> FailAsync(params IPAddress[] addresses) =>
            (await Host(new StoppedClock(), addresses).Invoking(one => one.ConnectAsync("name", port, Stop))
                .Should().ThrowAsync<SocketException>()).Which;
    }

    [Fact]
    public async Task A_name_without_addresses_and_one_that_is_none_are_unknown_hosts()
    {
        var none = () => Host(TimeProvider.System).ConnectAsync("name", 1, Stop);
        var wrong = () => new HostConnector(TimeProvider.System).ConnectAsync(new string('x', 300), 1, Stop);

        (await none.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.HostNotFound);
        (await wrong.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.HostNotFound);
    }

    [Fact]
    public async Task A_stop_ends_all_attempts()
    {
        using var silent = Listen(First, 0);
        var waiting = await FillAsync(silent);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var connecting = Host(TimeProvider.System, First, First).ConnectAsync("name", ((IPEndPoint)silent.LocalEndPoint!).Port, stop.Token);

        await stop.CancelAsync();

        await connecting.Awaiting(one => one).Should().ThrowAsync<OperationCanceledException>();
        waiting.ForEach(one => one.Dispose());
    }

    private static HostConnector Host(TimeProvider time, params IPAddress[] addresses) => new(time, (_, _) => Task.FromResult(addresses));

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(1);
        return socket;
    }

    // Connects until the backlog is full: the kernel answers no further attempt.
    private static async Task<List<Socket>> FillAsync(Socket listener)
    {
        var waiting = new List<Socket>();
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            waiting.Add(socket);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            limit.CancelAfter(TimeSpan.FromMilliseconds(200));
            try
            {
                await socket.ConnectAsync(listener.LocalEndPoint!, limit.Token);
            }
            catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
            {
                return waiting;
            }
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
