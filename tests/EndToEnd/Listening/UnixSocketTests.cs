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
    public async Task A_socket_left_by_a_crash_refuses_clients_and_is_replaced_and_that_of_another_process_is_kept_at_the_stop()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("box.sock");
        string[] words = [$"listen.address=unix:{path},127.0.0.1"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            await box.CrashAsync();
        }

        var refused = await ClientProgram.RunAsync($"address=unix:{path}", "stat");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await using (var again = await RunningBox.StartAsync(words))
        {
            (await AskAsync(path, "[]")).Should().Be("[]");
            other.Bind(new UnixDomainSocketEndPoint(path + ".other"));
            other.Listen();
            File.Move(path + ".other", path, overwrite: true);
        }

        refused.Errors.Should().Be($"meeseeks-client: no meeseeks-box at unix:{path}: connection refused; check that it is running\n");
        File.Exists(path).Should().BeTrue();
    }

    [Fact]
    public async Task Other_files_and_sockets_in_use_are_kept_and_a_folder_that_does_not_exist_is_named()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "mine");
        var path = folder.File("other.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        var overFile = await ListenAsync(file);
        var overSocket = await ListenAsync(path);
        var nowhere = await ListenAsync("/no/x.sock");
        var start = await BoxProgram.RunAsync($"listen.address=unix:{path}");

        nowhere.Text("error").Should().EndWith(",unix:/no/x.sock: the socket /no/x.sock cannot be made: its folder /no does not exist");
        overFile.Text("error").Should().Contain("is not an abandoned socket");
        overSocket.Text("error").Should().Contain("another process listens on");
        start.ExitStatus.Should().Be(1);
        start.Errors.Should().Contain($"listen: cannot listen on unix:{path}: another process listens on");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Should().Be("mine");
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);

        Task<JsonElement> ListenAsync(string unix) =>
            shared.Box.AskObjectAsync(new { config = new { listen = new { address = $"127.0.0.1,unix:{unix}" } } });
    }

    [Fact]
    public async Task A_socket_file_beside_a_port_is_made_again_when_it_is_removed_or_at_the_next_reload_and_goes_with_its_box()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Folder("place"), "box.sock");
        await using var box = await RunningBox.StartAsync($"listen.address=unix:{path},127.0.0.1", "listen.mode=0600", "pools.p.slots=0");
        using var before = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await before.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        await ServesAsync();

        var times = 0;
        foreach (var way in new[] { $"rm {path}", $"mv {path} {path}.old", $"rm -r {path}", $"rm {path}" })
        {
            Tool.Run("sh", "-c", way);
            await box.WaitForLogAsync($"socket file {path} was removed and is made again", ++times);
            await ServesAsync();
        }

        // Another file in its place.
        Tool.Run("sh", "-c", $"touch {path}.new; mv {path}.new {path}");
        await box.WaitForLogAsync("socket file was removed, and clients cannot connect before a reload: ");
        File.Delete(path);
        var listened = box.Log.Count($"listening on unix:{path}");
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync($"listening on unix:{path}", listened + 1);
        await ServesAsync();

        (await box.StopAsync()).Should().Be(0);
        File.Exists(path).Should().BeFalse();

        async Task ServesAsync()
        {
            (await AskAsync(path, """[{"ls":{}}]""")).Should().Be("""[{"ls":[]}]""");
            (await box.AskLineAsync("""[{"ls":{}}]""")).GetRawText().Should().Be("""[{"ls":[]}]""");
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _ = await before.SendAsync("[]\n"u8.ToArray(), TestContext.Current.CancellationToken);
            (await before.ReceiveAsync(new byte[10], TestContext.Current.CancellationToken)).Should().Be(3);
        }
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
