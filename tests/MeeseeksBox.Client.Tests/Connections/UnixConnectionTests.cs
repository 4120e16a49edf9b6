using System.Net.Sockets;
using MeeseeksBox.Testing;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Client.Tests.Connections;

/// <summary>Connections to the Unix socket of a box.</summary>
public sealed class UnixConnectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string SocketPath => _folder.File("box.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Unix_socket_is_not_encrypted_even_with_ssl()
    {
        using var listener = Listen(backlog: 10);
        await using var client = Client(options => options with { Ssl = new SslConfig() });
        var asking = client.RequestAsync("""[{"ls":{}}]""", Stop);

        using var accepted = await listener.AcceptAsync(Stop);
        await AnswerAsync(accepted, """[{"ls":["a"]}]""");

        (await asking).GetRawText().Should().Be("""[{"ls":["a"]}]""");
        client.Endpoint.Should().Be($"unix:{SocketPath}");
    }

    [Fact]
    public async Task Clients_that_find_the_backlog_full_are_served_later()
    {
        using var listener = Listen(backlog: 0);
        var clients = Enumerable.Range(0, 5).Select(_ => Client()).ToList();
        var asking = clients.Select(client => client.RequestAsync("[]", Stop)).ToList();

        for (var accepted = 0; accepted < clients.Count; accepted++)
            await AnswerAsync(await listener.AcceptAsync(Stop), "[]");

        (await Task.WhenAll(asking)).Should().OnlyContain(answer => answer.GetArrayLength() == 0);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_backlog_that_stays_full_is_an_error_after_the_timeout()
    {
        using var listener = Listen(backlog: 0);
        await using var first = Client();
        await first.OpenAsync(Stop);

        var connect = async () =>
        {
            await using var client = Client(options => options with { Timeout = TimeSpan.FromSeconds(0.1) });
            await client.OpenAsync(Stop);
        };

        await connect.Should().ThrowAsync<MeeseeksConnectionException>()
            .WithMessage($"no meeseeks-box at unix:{SocketPath}: no connection within 0.1 s; check that it still takes clients");
    }

    [Fact]
    public async Task A_missing_socket_is_an_error() =>
        (await ProblemAsync()).Should()
            .Be($"no meeseeks-box at unix:{SocketPath}: there is no such file; check that it is running, and that the path is right");

    [Fact]
    public async Task A_file_that_is_not_a_socket_is_an_error()
    {
        _folder.Write("box.sock", "");

        (await ProblemAsync()).Should().Be($"no meeseeks-box at unix:{SocketPath}: that is not a socket; check the path");
    }

    [Fact]
    public async Task A_path_through_a_file_is_an_error()
    {
        _folder.Write("file", "");

        (await ProblemAsync($"unix:{_folder.File("file/box.sock")}")).Should()
            .EndWith("there is no such file; check that it is running, and that the path is right");
    }

    [Fact]
    public async Task A_socket_without_a_listener_is_an_error()
    {
        using var bound = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bound.Bind(new UnixDomainSocketEndPoint(SocketPath));

        (await ProblemAsync()).Should().Be($"no meeseeks-box at unix:{SocketPath}: connection refused; check that it is running");
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_an_error() =>
        (await ProblemAsync($"unix:/{new string('x', 200)}")).Should()
            .EndWith("the path of a Unix socket has 108 bytes at most, and this one has 201");

    private static async Task AnswerAsync(Socket accepted, string answer)
    {
        await using var stream = new NetworkStream(accepted, ownsSocket: true);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\n" };
        _ = await reader.ReadLineAsync(Stop);
        await writer.WriteLineAsync(answer.AsMemory(), Stop);
    }

    private Socket Listen(int backlog)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(backlog);
        return listener;
    }

    private MeeseeksClient Client(Func<MeeseeksClientOptions, MeeseeksClientOptions>? change = null)
    {
        var options = new MeeseeksClientOptions { Address = $"unix:{SocketPath}", Timeout = TimeSpan.FromSeconds(20) };
        return new MeeseeksClient(change?.Invoke(options) ?? options);
    }

    private async Task<string> ProblemAsync(string? address = null)
    {
        await using var client = Client(options => address is null ? options : options with { Address = address });
        var connect = () => client.OpenAsync(Stop);
        return (await connect.Should().ThrowAsync<MeeseeksConnectionException>()).Which.Message;
    }
}
