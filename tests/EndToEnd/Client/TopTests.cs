using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The command <c>top</c>, on a pseudo-terminal of the program script (util-linux).</summary>
public sealed class TopTests(SharedBox shared) : SharedBoxTests(shared), IAsyncLifetime
{
    private const string Taken = "\e[?1049h";
    private const string GivenBack = "\e[?1049l";

    private readonly StringBuilder _shown = new();
    private Process? _script;
    private Task _reading = Task.CompletedTask;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Shown
    {
        get
        {
            lock (_shown)
                return _shown.ToString();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _script?.Kill(entireProcessTree: true);
        await _reading;
        _script?.Dispose();
    }

    [Fact]
    public async Task Without_a_terminal_it_is_wrong_usage()
    {
        var run = await Box.ClientAsync("top");

        run.Status.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Errors.Should().StartWith("meeseeks-client: top needs a terminal");
    }

    [Fact]
    public async Task Changes_are_shown_at_once_and_q_restores_the_terminal()
    {
        StartTop(Box.Port, "tag=late");
        await SeeAsync("q", "quit");

        _ = await Box.ClientAsync("sub", "id=late-comer", "tag=late", "p", "/bin/sleep", "1000");
        await SeeAsync("late-comer", "running");

        Press("q");
        await EndAsync(status: 0);
    }

    [Fact]
    public async Task A_selected_job_is_killed_after_a_confirmation()
    {
        _ = await Box.ClientAsync("sub", "id=victim", "tag=doomed", "p", "/bin/sleep", "1000");
        StartTop(Box.Port, "tag=doomed");
        await SeeAsync("victim");

        Press("k");
        await SeeAsync("kill victim");
        (await Box.ClientAsync("job", "victim")).Output.Should().Contain("running");
        Press("y");
        await SeeAsync("victim killed");

        (await Box.ClientAsync("job", "victim")).Output.Should().Contain("\"killed\"");
        Press("q");
        await EndAsync(status: 0);
    }

    [Fact]
    public async Task Ctrl_C_restores_the_terminal()
    {
        StartTop(Box.Port);
        await SeeAsync("quit");

        Press("\x03");

        await EndAsync(status: 130);
    }

    [Fact]
    public async Task A_restart_of_the_box_is_shown_and_ends_neither_top_nor_the_command_wait()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "pools.p.slots=0"];
        var first = await RunningBox.StartAsync(words);
        await first.SubmitAsync(new { id = "a", pool = "p", args = Some.True, hold = 1 });
        using var waiting = first.StartClient("wait", "a");
        await Wait.Until(
            () => Directory.GetFiles($"/proc/{waiting.Id}/fd").Any(file => new FileInfo(file).LinkTarget?.StartsWith("socket:") is true),
            () => "the client has not connected", Stop);
        StartTop(first.Port);
        await SeeAsync("quit");

        await first.StopAsync();
        await SeeAsync("disconnected, trying again");
        await using var second = await RunningBox.StartAsync([.. words, $"listen.port={first.Port}"]);
        await first.DisposeAsync();
        await second.AskAsync("submit", new { id = "a", hold = 0 });

        (await ClientProgram.EndAsync(waiting)).Should().BeEquivalentTo(new { Status = 0, Output = "a\tdone\t(0)\n" });
        Press("q");
        await EndAsync(status: 0);
    }

    [Fact]
    public async Task An_unreachable_box_is_reported_before_the_screen_is_taken_over()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        StartTop(((IPEndPoint)nobody.LocalEndPoint!).Port);

        await SeeAsync("no meeseeks-box at 127.0.0.1");
        await EndAsync(status: 1, isTaken: false);
    }

    private void StartTop(int port, string filter = "")
    {
        var command = $"stty cols 100 rows 30; exec '{ClientProgram.Path}' top {filter}";
        var info = new ProcessStartInfo("script", ["--quiet", "--return", "--command", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["MEESEEKS_CONF"] = $"address=127.0.0.1 port={port}";
        info.Environment["TERM"] = "xterm";
        ProgramsUnderTest.SetRuntime(info);
        _script = Process.Start(info)!;
        _reading = ReadAsync(_script.StandardOutput);
    }

    private async Task ReadAsync(StreamReader output)
    {
        var buffer = new char[4096];
        while (await output.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            lock (_shown)
                _ = _shown.Append(buffer, 0, count);
        }
    }

    private void Press(string keys)
    {
        _script!.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    private Task SeeAsync(params string[] texts) => Wait.Until(() => Array.TrueForAll(texts, Shown.Contains), () => Shown, Stop);

    private async Task EndAsync(int status, bool isTaken = true)
    {
        await _script!.WaitForExitAsync(Stop);
        await _reading;
        _script.ExitCode.Should().Be(status);
        Shown.Contains(Taken).Should().Be(isTaken);
        Shown.LastIndexOf(GivenBack, StringComparison.Ordinal).Should()
            .BeGreaterThanOrEqualTo(Shown.LastIndexOf(Taken, StringComparison.Ordinal));
        Shown[(Shown.LastIndexOf(Taken, StringComparison.Ordinal) + 1)..].Contains("\e[?25h").Should().Be(isTaken);
    }
}
