using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Watch;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary><c>address=unix:/path</c> for the client and for the watcher (docs/SPECIFICATION.md#unix-sockets).</summary>
public sealed class UnixAddressTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningBox _box = null!;

    private string SocketPath => _folder.File("box.sock");

    private string Conf => $"address=unix:{SocketPath}";

    // The test needs the port to detect that the box is ready.
    public async ValueTask InitializeAsync() =>
        _box = await RunningBox.StartAsync($"listen.address=unix:{SocketPath},127.0.0.1", "pools.p.slots=2");

    public async ValueTask DisposeAsync()
    {
        await _box.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_client_connects_to_a_Unix_socket()
    {
        var waited = await ClientProgram.RunAsync("", Conf, "sub", "wait=1", "p", "echo", "hello");
        var listed = await ClientProgram.RunAsync(Conf, "stat", "pools");

        waited.Should().BeEquivalentTo(new { Status = 0, Output = "hello\n", Errors = "" });
        listed.Output.Should().Be("pool p@n1\t1 jobs\t2 free\n");
    }

    [Fact]
    public async Task The_watcher_connects_to_a_Unix_socket()
    {
        var (file, jobs) = (_folder.Write("one.dat", "x"), """[{"pool": "p", "args": ["cp", "%(file)s", "%(file)s.copy"]}]""");

        var run = await WatchProgram.RunAsync(
            $"client.{Conf}", "once=1", $"watch.w.path={_folder.Path}", "watch.w.glob=*.dat", $"watch.w.jobs={jobs}");

        run.ExitStatus.Should().Be(0, run.Errors);
        File.Exists($"{file}.copy").Should().BeTrue();
    }

    [Fact]
    public async Task Missing_permission_is_an_error_that_names_listen_mode()
    {
        File.SetUnixFileMode(SocketPath, UnixFileMode.None);

        var run = await ClientProgram.RunUnprivilegedAsync(Conf, "stat");

        run.Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "",
            Errors = $"meeseeks-client: no meeseeks-box at unix:{SocketPath}: permission denied; "
                + "the mode of the socket (listen.mode) and of its folder say who may connect\n",
        });
    }

    [Fact]
    public async Task A_missing_socket_is_an_error_of_client_and_watcher()
    {
        var missing = $"unix:{_folder.File("no.sock")}";
        var problem = $"no meeseeks-box at {missing}: there is no such file; is it running, and is the path right?";

        var client = await ClientProgram.RunAsync($"address={missing}", "stat");
        var watcher = await WatchProgram.RunAsync(
            $"client.address={missing}",
            "client.timeout=0.1",
            "once=1",
            $"watch.w.path={_folder.Path}",
            "watch.w.glob=*",
            """watch.w.jobs={"pool":"p","args":["true"]}""");

        client.Should().BeEquivalentTo(new { Status = 1, Output = "", Errors = $"meeseeks-client: {problem}\n" });
        watcher.ExitStatus.Should().Be(1);
        watcher.Errors.Should().Contain(problem);
    }

    [Fact]
    public async Task The_socket_of_a_killed_box_refuses_the_connection()
    {
        await _box.CrashAsync();

        var run = await ClientProgram.RunAsync(Conf, "stat");

        run.Errors.Should().Be($"meeseeks-client: no meeseeks-box at unix:{SocketPath}: connection refused; is it running?\n");
    }

    [Fact]
    public async Task An_invalid_address_is_wrong_usage()
    {
        var client = await ClientProgram.RunAsync("", "address=unix:", "stat");
        var watcher = await WatchProgram.RunAsync("client.address=unix:", $"watch.w.path={_folder.Path}", "watch.w.glob=*");
        var box = await BoxProgram.RunAsync("listen.address=127.0.0.1,unix:");

        const string Problem = "address: the path of the socket is missing after 'unix:'; write it as in unix:/run/meeseeks/box.sock";
        (client.Status, watcher.ExitStatus, box.ExitStatus).Should().Be((2, 2, 2));
        client.Errors.Should().Contain(Problem);
        watcher.Errors.Should().Contain($"client.{Problem}");
        box.Errors.Should().Contain($"listen.{Problem}");
    }
}
