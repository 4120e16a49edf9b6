using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Watch;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary><c>address=unix:/path</c> for the client and for the watcher (docs/SPECIFICATION.md#unix-sockets).</summary>
public sealed class UnixAddressTests(UnixAddressTests.BoxWithSockets fixture)
    : BoxTests(fixture), IClassFixture<UnixAddressTests.BoxWithSockets>
{
    private readonly TemporaryFolder _folder = new();

    private string Conf => $"address=unix:{fixture.SocketPath}";

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_client_connects_to_a_Unix_socket()
    {
        var waited = await ClientProgram.RunAsync("", Conf, "sub", "wait=1", "p", "echo", "hello");
        var listed = await ClientProgram.RunAsync(Conf, "stat", "pools");

        waited.Should().BeEquivalentTo(new { Status = 0, Output = "hello\n", Errors = "" });
        listed.Lines.Should().Contain("pool p@n1\t1 jobs\t2 free");
    }

    [Fact]
    public async Task The_watcher_connects_to_a_Unix_socket()
    {
        var (file, jobs) = (_folder.Write("one.dat", "x"), """[{"pool": "w", "args": ["cp", "%(file)s", "%(file)s.copy"]}]""");

        var run = await WatchProgram.RunAsync(
            $"client.{Conf}", "once=1", $"watch.w.path={_folder.Path}", "watch.w.glob=*.dat", $"watch.w.jobs={jobs}");

        run.ExitStatus.Should().Be(0, run.Errors);
        File.Exists($"{file}.copy").Should().BeTrue();
    }

    [Fact]
    public async Task Missing_permission_is_an_error_that_names_listen_mode()
    {
        File.SetUnixFileMode(fixture.ForbiddenPath, UnixFileMode.None);

        var run = await ClientProgram.RunUnprivilegedAsync($"address=unix:{fixture.ForbiddenPath}", "stat");

        run.Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "",
            Errors = $"meeseeks-client: no meeseeks-box at unix:{fixture.ForbiddenPath}: permission denied; "
                + "the mode of the socket (listen.mode) and of its folder say who may connect\n",
        });
    }

    [Fact]
    public async Task A_missing_socket_is_an_error_of_client_and_watcher()
    {
        _ = _folder.Write("file", "x");
        var missing = $"unix:{_folder.File("no.sock")}";
        var problem = $"no meeseeks-box at {missing}: there is no such file; check that it is running, and that the path is right";

        var client = await ClientProgram.RunAsync($"address={missing}", "stat");
        var watcher = await WatchProgram.RunAsync(
            $"client.address={missing}",
            "client.timeout=1",
            "once=1",
            $"watch.w.path={_folder.Path}",
            "watch.w.glob=*",
            """watch.w.jobs={"pool":"p","args":["true"]}""");

        client.Should().BeEquivalentTo(new { Status = 1, Output = "", Errors = $"meeseeks-client: {problem}\n" });
        watcher.ExitStatus.Should().Be(1);
        watcher.Errors.Should().Contain(problem);
    }

    [Fact]
    public async Task An_invalid_address_is_wrong_usage()
    {
        var client = await ClientProgram.RunAsync("", "address=unix:", "stat");
        var watcher = await WatchProgram.RunAsync("client.address=unix:", $"watch.w.path={_folder.Path}", "watch.w.glob=*");

        const string Problem = "address: the path of the socket is missing after 'unix:'; write it as in unix:/run/meeseeks/box.sock";
        (client.Status, watcher.ExitStatus).Should().Be((2, 2));
        client.Errors.Should().Contain(Problem);
        watcher.Errors.Should().Contain($"client.{Problem}");
    }
    /// <summary>A box that listens on two Unix sockets, of which the second is for a test that changes its mode.</summary>
    public sealed class BoxWithSockets : BoxFixture
    {
        private readonly TemporaryFolder _folder;

        public BoxWithSockets()
            : this(new TemporaryFolder())
        {
        }

        // The tests need the port to detect that the box is ready.
        private BoxWithSockets(TemporaryFolder folder)
            : base(
                $"listen.address=unix:{folder.File("box.sock")},unix:{folder.File("forbidden.sock")},127.0.0.1",
                "pools.p.slots=2", "pools.w=") => _folder = folder;

        /// <summary>The path of the first socket.</summary>
        public string SocketPath => _folder.File("box.sock");

        /// <summary>The path of the second socket.</summary>
        public string ForbiddenPath => _folder.File("forbidden.sock");

        /// <inheritdoc/>
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
        }
    }
}
