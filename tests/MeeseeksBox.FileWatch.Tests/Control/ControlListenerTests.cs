using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Control;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Control;

/// <summary>The control socket of a watcher (docs/SPECIFICATION.md#watch-control).</summary>
public sealed class ControlListenerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LinesLog _log = new();

    private string Path => _folder.File("w.sock");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_answered_on_a_private_socket_which_is_removed_at_the_end()
    {
        var server = Listen();
        var running = server.RunAsync();

        (await ControlClient.AskAsync(Path, new ControlRequest { Status = true }))!.Status!.Name.Should().Be("w");
        File.GetUnixFileMode(Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var refused = () => ControlClient.AskAsync(Path, new ControlRequest { Again = new AgainRequest("w", ["a"]) });
        await refused.Should().ThrowAsync<ControlException>().WithMessage("no");
        await server.DisposeAsync();
        await running;

        File.Exists(Path).Should().BeFalse();
        (await ControlClient.AskAsync(Path, new ControlRequest { Status = true })).Should().BeNull();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("[]\n")]
    [InlineData("null\n")]
    [InlineData("{\"again\":7}\n")]
    [InlineData("{\"status\":true")]
    [InlineData("\u0000\u0001\n")]
    public async Task Hostile_input_is_an_error_and_harms_nobody(string line)
    {
        await using var server = Listen();
        var running = server.RunAsync();

        (await SendAsync(Encoding.Latin1.GetBytes(line))).Should().StartWith("{\"error\":\"").And.EndWith("}\n");

        (await ControlClient.AskAsync(Path, new ControlRequest { Status = true })).Should().NotBeNull();
        _log.Lines.Should().NotContain(text => text.Contains("internal error"));
        running.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Too_long_a_line_is_refused()
    {
        await using var server = Listen();
        _ = server.RunAsync();
        using var socket = await ConnectAsync();

        var sent = Encoding.ASCII.GetBytes(new string('x', (4 * 1024 * 1024) + 1));
        await socket.SendAsync(sent, Stop);

        (await ReadAsync(socket)).Should().Contain("bytes at most");
    }

    [Fact]
    public async Task A_slow_client_holds_up_nobody()
    {
        await using var server = Listen();
        _ = server.RunAsync();
        using var slow = await ConnectAsync();
        await slow.SendAsync("{\"sta"u8.ToArray(), Stop);

        (await ControlClient.AskAsync(Path, new ControlRequest { Status = true })).Should().NotBeNull();
    }

    [Fact]
    public async Task A_second_watcher_is_refused_and_an_abandoned_socket_is_replaced()
    {
        await using (Listen())
        {
            var second = Listen;
            second.Should().Throw<IOException>().WithMessage("another process listens on *");
        }

        using (var crashed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            crashed.Bind(new UnixDomainSocketEndPoint(Path));
            File.Move(Path, _folder.File("kept"));
        }

        File.Move(_folder.File("kept"), Path);
        await using var third = Listen();
        _ = third.RunAsync();
        (await ControlClient.AskAsync(Path, new ControlRequest { Status = true })).Should().NotBeNull();
    }

    [Fact]
    public void The_name_of_the_socket_is_that_of_the_name_and_the_files_of_the_configuration()
    {
        var name = ControlPath.FileNameOf("host.a", ["w.cfg", "once=1"]);

        name.Should().StartWith("host_a-").And.EndWith(".sock");
        ControlPath.FileNameOf("host.a", ["./w.cfg"]).Should().Be(name);
        ControlPath.FileNameOf("host.b", ["w.cfg"]).Should().NotBe(name);
        ControlPath.FileNameOf("host.a", ["v.cfg"]).Should().NotBe(name);
        ControlPath.FileNameOf(new string('x', 300), ["v.cfg"]).Length.Should().BeLessThan(50);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private ControlListener Listen() => ControlListener.Listen(
        Path,
        (request, _) => Task.FromResult(request.Status is true
            ? new ControlResponse { Status = new WatcherStatus("w", 1, null, []) }
            : new ControlResponse { Error = "no" }),
        TimeProvider.System,
        _log.Logger);

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), Stop);
        return socket;
    }

    private async Task<string> SendAsync(byte[] line)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(line, Stop);
        return await ReadAsync(socket, isLast: true);
    }

    private static async Task<string> ReadAsync(Socket socket, bool isLast = false)
    {
        await using var stream = new NetworkStream(socket);
        if (isLast)
            socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Stop);
    }
}
