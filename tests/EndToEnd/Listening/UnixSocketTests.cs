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

    [Theory]
    [InlineData("rm")]
    [InlineData("mv")]
    [InlineData("rm -r")]
    public async Task A_removed_socket_file_is_made_again(string way)
    {
        using var folder = new TemporaryFolder();
        var place = folder.Folder("place");
        var path = Path.Combine(place, "box.sock");
        await using var box = await RunningBox.StartAsync($"listen.address=unix:{path},127.0.0.1", "listen.mode=0600", "pools.p.slots=0");
        using var before = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await before.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        await AskAgainAsync();

        for (var time = 1; time <= 2; time++)
        {
            Tool.Run("sh", "-c", way switch { "mv" => $"mv {path} {path}.old", _ => $"{way} {path}" });
            await box.WaitForLogAsync($"socket file {path} was removed and is made again", time);
        }

        (await AskAsync(path, """[{"ls":{}}]""")).Should().Be("""[{"ls":[]}]""");
        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await AskAgainAsync();

        async Task AskAgainAsync()
        {
            _ = await before.SendAsync("[]\n"u8.ToArray(), TestContext.Current.CancellationToken);
            (await before.ReceiveAsync(new byte[10], TestContext.Current.CancellationToken)).Should().Be(3);
        }
    }

    [Fact]
    public async Task A_socket_file_that_cannot_be_made_again_is_made_at_the_next_reload()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("box.sock");
        await using var box = await RunningBox.StartAsync($"listen.address=unix:{path},127.0.0.1", "pools.p.slots=0");

        Tool.Run("sh", "-c", $"touch {path}.new; mv {path}.new {path}");
        await box.WaitForLogAsync("socket file was removed, and clients cannot connect before a reload: ");
        File.Delete(path);
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync($"listening on unix:{path}", 2);

        (await AskAsync(path, "[]")).Should().Be("[]");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named()
    {
        var start = await BoxProgram.RunAsync("listen.address=unix:/no/x.sock");

        start.ExitStatus.Should().Be(1);
        start.Errors.Should().Contain(
            "listen: cannot listen on unix:/no/x.sock: the socket /no/x.sock cannot be made: its folder /no does not exist\n");
    }

    [Fact]
    public async Task A_box_that_stops_keeps_the_socket_of_another_one()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("box.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await using (var box = await RunningBox.StartAsync($"listen.address=unix:{path},127.0.0.1"))
        {
            other.Bind(new UnixDomainSocketEndPoint(path + ".other"));
            other.Listen();
            File.Move(path + ".other", path, overwrite: true);
        }

        File.Exists(path).Should().BeTrue();
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
