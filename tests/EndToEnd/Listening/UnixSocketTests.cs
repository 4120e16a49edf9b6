using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Listening;

/// <summary>Unix sockets in listen.address (docs/SPECIFICATION.md#unix-sockets).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class UnixSocketTests(SharedBox shared)
{
    [Fact]
    public async Task A_box_listens_on_a_unix_socket_and_on_a_port_and_removes_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("box.sock");
        await using (var box = await RunningBox.StartAsync($"listen.address=unix:{path},127.0.0.1", "listen.mode=0600", "pools.p.slots=0"))
        {
            (await AskAsync(path, """[{"ls":{}}]""")).Should().Be("""[{"ls":[]}]""");
            (await box.AskLineAsync("""[{"ls":{}}]""")).GetRawText().Should().Be("""[{"ls":[]}]""");
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Exists(path).Should().BeFalse();
    }

    [Fact]
    public async Task A_socket_left_by_a_crash_refuses_clients_and_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("box.sock");
        string[] words = [$"listen.address=unix:{path},127.0.0.1"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            await box.CrashAsync();
        }

        var refused = await ClientProgram.RunAsync($"address=unix:{path}", "stat");
        await using var again = await RunningBox.StartAsync(words);

        refused.Errors.Should().Be($"meeseeks-client: no meeseeks-box at unix:{path}: connection refused; is it running?\n");
        (await AskAsync(path, "[]")).Should().Be("[]");
    }

    [Fact]
    public async Task Other_files_and_sockets_in_use_are_kept()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "mine");
        var path = folder.File("other.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        var overFile = await ListenAsync(file);
        var overSocket = await ListenAsync(path);
        var start = await BoxProgram.RunAsync($"listen.address=unix:{path}");

        overFile.Text("error").Should().Contain("is not an abandoned socket");
        overSocket.Text("error").Should().Contain("another process listens on");
        start.ExitStatus.Should().Be(1);
        start.Errors.Should().Contain("another process listens on");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Should().Be("mine");
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);

        Task<JsonElement> ListenAsync(string unix) =>
            shared.Box.AskObjectAsync(new { config = new { listen = new { address = $"127.0.0.1,unix:{unix}" } } });
    }

    private static async Task<string?> AskAsync(string path, string line)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await using var writer = new StreamWriter(stream);
        using var reader = new StreamReader(stream);
        await writer.WriteLineAsync(line);
        await writer.FlushAsync(TestContext.Current.CancellationToken);
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }
}
