using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>The runner of a former instance of the box (docs/RUNNER.md#end).</summary>
public sealed class AdoptedRunnerTests
{
    [Fact]
    public async Task A_runner_whose_queue_of_connections_is_full_keeps_its_runs()
    {
        using var temporary = new TemporaryFolder();
        using var folder = new RunsFolder(temporary.File("state"), isDurable: false);
        var path = new UnixDomainSocketEndPoint(Path.Combine(folder.MakeForRunner(), SpoolFile.Socket));
        using var listener = UnixSocket();
        listener.Bind(path);
        listener.Listen(1);
        using var first = UnixSocket();
        using var second = UnixSocket();
        await first.ConnectAsync(path, TestContext.Current.CancellationToken);
        await second.ConnectAsync(path, TestContext.Current.CancellationToken);
        await using var host = new RunnerHost("/no/program", folder, Logger.None);

        var adopting = host.AdoptAsync();
        using (await listener.AcceptAsync(TestContext.Current.CancellationToken))
        using (await listener.AcceptAsync(TestContext.Current.CancellationToken))
        {
            var accepting = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
            (await Task.WhenAny(accepting, adopting)).Should().Be(accepting);
            using var box = await accepting;
            _ = await box.SendAsync(Encoding.UTF8.GetBytes("hello - version=1\nrun a\nready -\n"), TestContext.Current.CancellationToken);
            (await adopting).Should().ContainSingle().Which.Id.Should().Be("a");
        }
    }

    [Theory]
    [InlineData("killed before it listened")]
    [InlineData("killed while it deleted its folder", "5.stdout")]
    [InlineData("killed while it listened", "5.stdout", SpoolFile.Socket)]
    public async Task The_folder_of_a_killed_runner_is_deleted_without_an_error(string when, params string[] files)
    {
        using var temporary = new TemporaryFolder();
        using var runs = new RunsFolder(temporary.File("state"), isDurable: false);
        var folder = runs.MakeForRunner();
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file), "left");
        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();
        await using var host = new RunnerHost("/no/program", runs, log);

        (await host.AdoptAsync()).Should().BeEmpty();
        errors.Lines.Should().BeEmpty(when);
        Directory.Exists(folder).Should().BeFalse(when);
    }

    private static Socket UnixSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
