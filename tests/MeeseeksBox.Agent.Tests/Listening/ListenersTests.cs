using System.Net;
using System.Net.Sockets;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Listening;

/// <summary>Changes of the listen section while clients are connected (docs/SPECIFICATION.md#reload).</summary>
public sealed class ListenersTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Task> _loops = [];
    private readonly Listeners _listeners;

    private readonly LinesLog _log = new();

    public ListenersTests() => _listeners = new Listeners(_ => new EchoHandler(), Observe, TimeProvider.System, _log.Logger);

    private static ListenConfig Config => new() { Address = "127.0.0.1", Ports = new PortList(0) };

    private int Port => _listeners.Ports.All[0];

    private string UnixPath => _folder.File("box.sock");

    [Fact]
    public async Task A_connection_stays_open_while_another_socket_changes()
    {
        await ChangeAsync(Config with { Address = $"127.0.0.1,unix:{UnixPath}" });
        using var client = await EchoClient.ConnectAsync(Port);
        _ = await client.AskAsync("a");
        var port = Port;

        await ChangeAsync(Config);

        (await client.AskAsync("b")).Should().Be("b");
        Port.Should().Be(port);
        File.Exists(UnixPath).Should().BeFalse();
        _loops.Count(loop => loop.IsCompleted).Should().Be(1);
    }

    [Fact]
    public async Task An_idle_time_of_any_length_works()
    {
        await ChangeAsync(Config with { IdleTimeout = TimeSpan.FromSeconds(1e9) });
        using var client = await EchoClient.ConnectAsync(Port);

        (await client.AskAsync("a")).Should().Be("a");
        (await client.AskAsync("b")).Should().Be("b");
    }

    [Fact]
    public async Task A_client_in_the_backlog_of_an_unchanged_socket_is_served_after_the_change()
    {
        var config = Config with { MaxConnections = 1 };
        await ChangeAsync(config);
        var first = await EchoClient.ConnectAsync(Port);
        _ = await first.AskAsync("a");
        using var waiting = await EchoClient.ConnectAsync(Port);
        var answer = waiting.AskAsync("b");

        await ChangeAsync(config with { Address = $"127.0.0.1,unix:{UnixPath}" });
        first.Dispose();

        (await answer).Should().Be("b");
    }

    [Fact]
    public async Task A_higher_limit_of_connections_admits_clients_in_the_backlog()
    {
        await ChangeAsync(Config with { MaxConnections = 1 });
        using var first = await EchoClient.ConnectAsync(Port);
        _ = await first.AskAsync("a");
        using var waiting = await EchoClient.ConnectAsync(Port);
        var answer = waiting.AskAsync("b");

        await ChangeAsync(Config with { MaxConnections = 2 });

        (await answer).Should().Be("b");
        (await first.AskAsync("c")).Should().Be("c");
    }

    [Fact]
    public async Task The_limit_of_connections_is_that_of_all_sockets_and_none_of_them_keeps_a_part_of_it()
    {
        await ChangeAsync(Config with { Address = $"127.0.0.1,127.0.0.2,unix:{UnixPath}", MaxConnections = 1 });
        EndPoint[] places =
        [
            new IPEndPoint(IPAddress.Loopback, Port),
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), Port),
            new UnixDomainSocketEndPoint(UnixPath),
        ];
        _log.Lines.Should().NotContain(line => line.Contains("limit"));
        foreach (var place in places)
        {
            using var client = await EchoClient.ConnectAsync(place);
            (await client.AskAsync("a")).Should().Be("a");
        }
    }

    [Fact]
    public async Task A_client_over_the_limit_that_cannot_wait_is_told_so()
    {
        await ChangeAsync(Config with { MaxConnections = 1 });
        using var first = await EchoClient.ConnectAsync(Port);
        _ = await first.AskAsync("a");

        using var second = await EchoClient.ConnectAsync(Port);
        (await second.AskAsync("b")).Should().Contain("\"code\":\"busy\"");
        (await first.AskAsync("c")).Should().Be("c");
    }

    [Fact]
    public async Task A_connection_whose_handler_cannot_be_made_is_logged_and_harms_no_other_and_no_stop()
    {
        var listeners = new Listeners(_ => throw new InvalidOperationException("no handler"), Observe, TimeProvider.System, _log.Logger);
        await listeners.ApplyAsync((await listeners.PrepareAsync(Config with { MaxConnections = 1 }, CancellationToken.None)).Change!);
        for (var count = 1; count <= 2; count++)
        {
            using var client = await EchoClient.ConnectAsync(listeners.Ports.All[0]);
            _ = await Task.WhenAny(client.AskAsync("a"));
        }

        await listeners.DisposeAsync();

        _log.Lines.Count(line => line.StartsWith("Error: connection ended: internal error", StringComparison.Ordinal)).Should().Be(2);
        _loops.Should().OnlyContain(loop => !loop.IsFaulted);
    }

    [Theory]
    [InlineData(SocketError.NetworkUnreachable)]
    [InlineData(SocketError.HostUnreachable)]
    [InlineData(SocketError.AccessDenied)]
    [InlineData(SocketError.ProtocolOption)]
    [InlineData(SocketError.OperationNotSupported)]
    [InlineData(SocketError.TooManyOpenSockets)]
    public async Task An_error_of_a_client_that_is_being_accepted_ends_nothing(SocketError error)
    {
        var (failures, socket) = (3, ListenSocket.Bind(IPAddress.Loopback, 0));
        await using var clients = new ClientConnections(_ => new EchoHandler(), TimeProvider.System, _log.Logger);
        clients.Apply(new ListenSettings(ListenLimits.Of(Config), null));
        await using var listener = Listener.Start(
            socket,
            clients,
            TimeProvider.System,
            _log.Logger,
            stop => failures-- > 0 ? throw new SocketException((int)error) : socket.Socket.AcceptAsync(stop));

        using var client = await EchoClient.ConnectAsync(socket.EndPoint);
        (await client.AskAsync("a")).Should().Be("a");

        listener.Completion.IsCompleted.Should().BeFalse();
        _log.Lines.Count(line => line.StartsWith("Warning: accept failed", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task All_addresses_are_those_of_both_families()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this host has no IPv6");
        foreach (var all in new[] { "*", "::" })
        {
            await ChangeAsync(Config with { Address = all });
            foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            {
                using var client = await EchoClient.ConnectAsync(new IPEndPoint(address, Port));
                (await client.AskAsync("a")).Should().Be("a");
            }
        }
    }

    [Fact]
    public async Task New_limits_apply_to_new_connections_of_the_same_socket()
    {
        await ChangeAsync(Config);
        using var before = await EchoClient.ConnectAsync(Port);
        _ = await before.AskAsync("a");

        await ChangeAsync(Config with { MaxRequest = 10 });

        using var after = await EchoClient.ConnectAsync(Port);
        (await after.AskAsync(new string('x', 20))).Should().Be("too long");
        (await before.AskAsync(new string('x', 20))).Should().Be(new string('x', 20));
        _loops.Should().ContainSingle().Which.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_new_port_in_use_rejects_the_change_and_leaves_all_as_it_was()
    {
        await using var other = new Listeners(_ => new EchoHandler(), Observe, TimeProvider.System, Logger.None);
        await other.ApplyAsync((await other.PrepareAsync(Config, CancellationToken.None)).Change!);
        var taken = other.Ports.All[0];
        await ChangeAsync(Config);
        using var before = await EchoClient.ConnectAsync(Port);
        _ = await before.AskAsync("a");
        var port = Port;

        var (change, problems) = await _listeners.PrepareAsync(
            Config with { Address = $"127.0.0.1,unix:{UnixPath}", Ports = new PortList(0, taken), MaxRequest = 1 }, CancellationToken.None);

        change.Should().BeNull();
        problems.Should().ContainSingle().Which.Should().StartWith("listen: cannot listen on ").And.Contain($" port {taken}: ");
        File.Exists(UnixPath).Should().BeFalse();
        Port.Should().Be(port);
        (await before.AskAsync("b")).Should().Be("b");
        using var after = await EchoClient.ConnectAsync(port);
        (await after.AskAsync("c")).Should().Be("c");
    }

    [Fact]
    public async Task A_port_can_be_opened_on_all_addresses_instead_of_one()
    {
        await ChangeAsync(Config);
        using var before = await EchoClient.ConnectAsync(Port);
        _ = await before.AskAsync("a");
        var port = Port;

        await ChangeAsync(Config with { Address = "*" });

        Port.Should().Be(port);
        using var after = await EchoClient.ConnectAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        (await after.AskAsync("b")).Should().Be("b");
        (await before.AskAsync("c")).Should().Be("c");
    }

    [Fact]
    public async Task A_rejected_opening_on_all_addresses_leaves_the_one_address()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Any, 0));
        other.Listen();
        await ChangeAsync(Config);

        var (change, _) = await _listeners.PrepareAsync(
            Config with { Address = "*", Ports = new PortList(Port, ((IPEndPoint)other.LocalEndPoint!).Port) }, CancellationToken.None);

        change.Should().BeNull();
        using var after = await EchoClient.ConnectAsync(Port);
        (await after.AskAsync("a")).Should().Be("a");
        using var elsewhere = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await FluentActions.Awaiting(() => elsewhere.ConnectAsync(IPAddress.Parse("127.0.0.2"), Port))
            .Should().ThrowAsync<SocketException>();
    }

    [Fact]
    public async Task The_mode_of_a_unix_socket_changes_in_place()
    {
        var config = Config with { Address = $"127.0.0.1,unix:{UnixPath}", Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await ChangeAsync(config);
        using var client = await EchoClient.ConnectAsync(new UnixDomainSocketEndPoint(UnixPath));
        _ = await client.AskAsync("a");

        await ChangeAsync(config with { Mode = config.Mode | UnixFileMode.GroupWrite });

        File.GetUnixFileMode(UnixPath).Should().Be(config.Mode | UnixFileMode.GroupWrite);
        (await client.AskAsync("b")).Should().Be("b");
        _loops.Should().OnlyContain(loop => !loop.IsCompleted);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_rejects_the_change()
    {
        await ChangeAsync(Config);
        var ssl = new Tls.SslConfig { Cert = _folder.File("missing.pem") };

        var (change, problems) = await _listeners.PrepareAsync(Config with { Ssl = ssl }, CancellationToken.None);

        change.Should().BeNull();
        problems.Should().ContainSingle().Which.Should().StartWith("listen.ssl.");
    }

    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
        _folder.Dispose();
    }

    private Task Observe(string name, Task loop)
    {
        _loops.Add(loop);
        return loop;
    }

    private async Task ChangeAsync(ListenConfig config)
    {
        var (change, problems) = await _listeners.PrepareAsync(config, TestContext.Current.CancellationToken);
        problems.Should().BeEmpty();
        await _listeners.ApplyAsync(change!);
    }
}
