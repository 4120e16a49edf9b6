using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>A runner of another user that is in the hands of its jobs (docs/RUNNER.md#users).</summary>
public sealed class HostileRunnerTests : IDisposable
{
    private static readonly RunnerOwner Other = new(Credentials.Own.User, "-1000-abc");

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public HostileRunnerTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_folder.File(SpoolFile.Socket)));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_socket_of_another_user_or_process_gets_no_line()
    {
        var ofUser = () => RunnerConnection.Open(_folder.Path, Other with { User = Other.User + 1 }, null, isKept: true);
        var ofProcess = () => RunnerConnection.Open(_folder.Path, Other, Environment.ProcessId + 1, isKept: true);

        ofUser.Should().Throw<IOException>().WithMessage($"process {Environment.ProcessId} of user * listens in its place");
        ofProcess.Should().Throw<IOException>();
        for (var count = 0; count < 2; count++)
        {
            using var accepted = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
            (await accepted.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)).Should().Be(0);
        }
    }

    [Fact]
    public async Task A_run_that_is_told_late_is_none_and_numbers_and_notes_have_limits()
    {
        using var connection = RunnerConnection.Open(_folder.Path, Other, Environment.ProcessId, isKept: true);
        var running = connection.RunAsync();
        using var runner = await _listener.AcceptAsync(TestContext.Current.CancellationToken);

        await SayAsync(runner, "run early limit=99999999999999", "ready -", "run late limit=1", "started early pid=1 at=1");
        var run = (await connection.FormerRunsAsync()).Should().ContainSingle().Which;
        var notes = 0;
        run.Note = _ => notes++;
        await SayAsync(runner, [.. Enumerable.Repeat("note early text=x", 1000), "ended early stdout=-5 stderr=9223372036854775807"]);

        _ = await run.Ended;
        (run.Id, run.OutputLimit, notes).Should().Be(("early", 16 * 1024 * 1024, 100));
        (await run.Output.TotalAsync(OutputStream.Stdout)).Should().Be(0);
        (await connection.FormerRunsAsync()).Should().ContainSingle();
        runner.Close();
        await running;
    }

    [Fact]
    public async Task A_line_without_an_end_ends_the_connection_and_fails_the_runs()
    {
        using var connection = RunnerConnection.Open(_folder.Path, Other, Environment.ProcessId, isKept: true);
        var running = connection.RunAsync();
        using var runner = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        var run = connection.TryStart(new RunnerMessage(RunnerVerb.Start, "a"), _ => { })!;

        try
        {
            for (var sent = 0; sent < 100; sent++)
                _ = await runner.SendAsync(new byte[64 * 1024], TestContext.Current.CancellationToken);
        }
        catch (SocketException)
        {
            // The box has closed it.
        }

        await running.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        await run.Awaiting(one => one.Ended).Should().ThrowAsync<IOException>();
        connection.TryStart(new RunnerMessage(RunnerVerb.Start, "b"), _ => { }).Should().BeNull();
    }

    private static async Task SayAsync(Socket runner, params string[] lines) =>
        _ = await runner.SendAsync(
            Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), TestContext.Current.CancellationToken);
}
