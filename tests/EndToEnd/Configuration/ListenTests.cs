using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Configuration;

/// <summary>Addresses and ports to listen on (docs/SPECIFICATION.md#listen-settings).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class ListenTests(SharedBox shared)
{
    [Fact]
    public async Task Several_ports_are_listened_on_at_every_address_also_in_brackets_and_at_all_addresses_of_a_name()
    {
        var (first, second) = (FreePort.Find(), FreePort.Find());
        var hasVersion6 = Socket.OSSupportsIPv6;
        await using var box = await RunningBox.StartAsync(
            hasVersion6 ? "listen.address=localhost,[::1]" : "listen.address=localhost", $"listen.port={first},{second},0");

        var named = await Dns.GetHostAddressesAsync("localhost", TestContext.Current.CancellationToken);
        IPAddress[] addresses = [.. (hasVersion6 ? named.Append(IPAddress.IPv6Loopback) : named).Distinct()];
        await box.WaitForLogAsync("listening on", 3 * addresses.Length);
        var seen = new HashSet<int>();
        foreach (var address in addresses)
        {
            var lines = box.Log.Lines.Select(line => line.Split($"listening on {new IPEndPoint(address, 0).ToString()[..^1]}"));
            int[] ports = [.. lines.Where(parts => parts.Length is 2).Select(parts => int.Parse(parts[1]))];
            ports.Should().HaveCount(3).And.Contain([first, second]);
            seen.UnionWith(ports);
            foreach (var port in ports)
            {
                using var connection = await BoxConnection.OpenAsync(port, address);
                (await connection.AskAsync("[]")).ToString().Should().Be("[]");
            }
        }

        seen.Should().HaveCount(3, "the free port that was chosen is the same at every address");
    }

    [Theory]
    [InlineData(
        "listen.address=127.0.0.1:13700",
        "listen.address: '127.0.0.1:13700' has a port, which is the setting listen.port; "
            + "write listen.address=127.0.0.1 listen.port=13700",
        "nodes.n1.address=n1:x",
        "nodes.n1.address: 'x' after the colon is not a port from 1 to 65535")]
    [InlineData(
        "listen.address=localhost,[::1]:80",
        "listen.address: '[::1]:80' has a port, which is the setting listen.port; write listen.address=[::1] listen.port=80",
        "nodes.n1.address=unix:/run/x",
        "nodes.n1.address: a node is reached over TCP; write HOST or HOST:PORT")]
    public async Task Wrong_addresses_are_mistakes_that_name_the_right_form(string own, string ownError, string other, string otherError)
    {
        var (status, _, errors) = await BoxProgram.RunAsync("--check", own, other);

        status.Should().Be(2);
        errors.Split('\n').Should().BeEquivalentTo($"command line: {ownError}", $"command line: {otherError}", "");
    }

    [Fact]
    public async Task A_prefix_chooses_the_address_of_this_host_that_starts_with_it()
    {
        var address = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .First(address => address.AddressFamily is AddressFamily.InterNetwork);
        await using var box = await RunningBox.StartAsync(
            """listen={"!address":null,"port":0}""", $"listen.prefix={address.ToString()[..^1]}");

        using var connection = await BoxConnection.OpenAsync(box.Port, address);

        (await connection.AskAsync("[]")).ToString().Should().Be("[]");
    }

    [Fact]
    public async Task A_prefix_without_an_address_is_rejected()
    {
        var answer = await shared.Box.AskLineAsync("""[{"config":{"listen":{"!address":null,"prefix":"198.51.100."}}}]""");

        answer[0].Text("error").Should().Contain("no address of this host starts with '198.51.100.'");
    }

    [Fact]
    public async Task A_port_can_be_added_and_moved_while_clients_are_connected_and_the_free_one_that_was_chosen_stays()
    {
        var (more, moved) = (FreePort.Find(), FreePort.Find());
        await using var box = await RunningBox.StartAsync("listen.port=0");
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");

        _ = await box.AskAsync("config", new { listen = new { port = new[] { 0, more } } });
        _ = await box.AskAsync("config", new { listen = new { port = new[] { more, 0 }, max_request = 1000 } });
        await ServesAsync(box.Port);
        await ServesAsync(more);
        using var later = await box.ConnectAsync();
        var tooLong = await later.AskAsync(new string(' ', 2000));
        var config = await box.AskAsync("config", new { listen = new { port = moved } });

        tooLong[0].Text("code").Should().Be("too_long", "a limit has changed with the ports");
        config.GetProperty("listen").Number("port").Should().Be(moved);
        await ServesAsync(moved);
        (await box.AskLineAsync("[]")).ToString().Should().Be("[]");
        await FluentActions.Awaiting(box.ConnectAsync).Should().ThrowAsync<SocketException>();

        static async Task ServesAsync(int port)
        {
            using var connection = await BoxConnection.OpenAsync(port);
            (await connection.AskAsync("[]")).ToString().Should().Be("[]");
        }
    }

    [Fact]
    public async Task A_failed_move_keeps_the_old_port()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;

        var answer = await shared.Box.AskObjectAsync(new { config = new { listen = new { port = taken } } });
        using var later = await shared.Box.ConnectAsync();

        answer.Text("error").Should().Contain($"{taken}");
        (await later.AskAsync("[]")).ToString().Should().Be("[]");
    }
}
