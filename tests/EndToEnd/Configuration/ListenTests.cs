using System.Net;
using System.Net.NetworkInformation;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Configuration;

/// <summary>Addresses and ports to listen on (docs/SPECIFICATION.md#listen-settings).</summary>
public sealed class ListenTests
{
    [Fact]
    public async Task A_name_with_several_addresses_is_listened_on_at_all_of_them()
    {
        await using var box = await RunningBox.StartAsync("listen.address=localhost");

        foreach (var address in await Dns.GetHostAddressesAsync("localhost", TestContext.Current.CancellationToken))
        {
            using var connection = await BoxConnection.OpenAsync(box.Port, address);
            (await connection.AskAsync("[]")).ToString().Should().Be("[]");
        }
    }

    [Fact]
    public async Task An_address_of_the_sixth_version_is_listened_on()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "This host has no IPv6.");
        await using var box = await RunningBox.StartAsync("listen.address=::1");

        using var connection = await BoxConnection.OpenAsync(box.Port, IPAddress.IPv6Loopback);

        (await connection.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task Several_ports_are_listened_on_at_every_address()
    {
        var (first, second) = (await FreePortAsync(), await FreePortAsync());
        await using var box = await RunningBox.StartAsync("listen.address=localhost", $"listen.port={first},{second},0");

        foreach (var address in await Dns.GetHostAddressesAsync("localhost", TestContext.Current.CancellationToken))
        {
            foreach (var port in new[] { first, second })
            {
                using var connection = await BoxConnection.OpenAsync(port, address);
                (await connection.AskAsync("[]")).ToString().Should().Be("[]");
            }

            box.Log.Lines.Count(line => line.Contains($"listening on {new IPEndPoint(address, 0).ToString()[..^1]}")).Should().Be(3);
        }
    }

    [Fact]
    public async Task A_taken_port_among_several_is_named_and_the_others_are_released()
    {
        await using var other = await RunningBox.StartAsync();
        var free = await FreePortAsync();

        var (status, _, errors) = await BoxProgram.RunAsync("listen.address=127.0.0.1", $"listen.port={free},{other.Port}");

        status.Should().Be(1);
        errors.Should().Contain($"listen: cannot listen on 127.0.0.1 port {other.Port}: ");
    }

    [Fact]
    public async Task A_port_can_be_added_and_the_free_one_that_was_chosen_stays()
    {
        var more = await FreePortAsync();
        await using var box = await RunningBox.StartAsync("listen.port=0");

        _ = await box.AskAsync("config", new { listen = new { port = new[] { 0, more } } });
        _ = await box.AskAsync("config", new { listen = new { port = new[] { more, 0 }, max_request = 1000 } });

        foreach (var port in new[] { box.Port, more })
        {
            using var connection = await BoxConnection.OpenAsync(port);
            (await connection.AskAsync("[]")).ToString().Should().Be("[]");
        }
    }

    [Fact]
    public async Task A_prefix_chooses_the_address_of_this_host_that_starts_with_it()
    {
        var address = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .First(address => address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork);
        await using var box = await RunningBox.StartAsync(
            """listen={"!address":null,"port":0}""", $"listen.prefix={address.ToString()[..^1]}");

        using var connection = await BoxConnection.OpenAsync(box.Port, address);

        (await connection.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_prefix_without_an_address_is_rejected()
    {
        var (status, _, errors) = await BoxProgram.RunAsync("listen.prefix=198.51.100.", "listen.port=0");

        status.Should().Be(1);
        errors.Should().Contain("no address of this host starts with '198.51.100.'");
    }

    [Fact]
    public async Task It_can_move_to_another_port_while_clients_are_connected()
    {
        await using var other = await RunningBox.StartAsync();
        var free = other.Port;
        _ = await other.StopAsync();
        await using var box = await RunningBox.StartAsync();

        var config = await box.AskAsync("config", new { listen = new { port = free } });
        using var moved = await BoxConnection.OpenAsync(free);

        config.GetProperty("listen").Number("port").Should().Be(free);
        (await moved.AskAsync("[]")).ToString().Should().Be("[]");
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");
        await FluentActions.Awaiting(box.ConnectAsync).Should().ThrowAsync<System.Net.Sockets.SocketException>();
    }

    [Fact]
    public async Task A_failed_move_keeps_the_old_port()
    {
        await using var other = await RunningBox.StartAsync();
        await using var box = await RunningBox.StartAsync();

        var answer = await box.AskObjectAsync(new { config = new { listen = new { port = other.Port } } });
        using var later = await box.ConnectAsync();

        answer.Text("error").Should().Contain($"{other.Port}");
        (await later.AskAsync("[]")).ToString().Should().Be("[]");
    }

    private static async Task<int> FreePortAsync()
    {
        await using var box = await RunningBox.StartAsync();
        return box.Port;
    }
}
