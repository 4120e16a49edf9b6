using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>A runner that a signal ends (docs/RUNNER.md#end).</summary>
public sealed class RunnerEndTests
{
    [Fact]
    public async Task It_returns_the_runs_that_it_does_not_start_and_loses_the_others()
    {
        using var folder = new TemporaryFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.File(SpoolFile.Socket)));
        listener.Listen();
        using var connection = RunnerConnection.Open(folder.Path, RunnerOwner.Of(Credentials.Own), null, isKept: true);
        var running = connection.RunAsync();
        using var runner = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        RunnerRun Start(string id) => connection.TryStart(new RunnerMessage(RunnerVerb.Start, id), _ => { })!;
        var (early, started, refused, unread) = (Start("early"), Start("started"), Start("refused"), Start("unread"));

        const string Lines = "refused early text=no\nstarted started pid=1\nending -\nrefused refused text=ending\n";
        _ = await runner.SendAsync(Encoding.UTF8.GetBytes(Lines), TestContext.Current.CancellationToken);
        (await refused.Started).Verb.Should().Be(RunnerVerb.Refused);
        connection.TryStart(new RunnerMessage(RunnerVerb.Start, "late"), _ => { }).Should().BeNull();
        runner.Close();
        await running;

        (await unread.Started).Verb.Should().Be(RunnerVerb.Refused);
        (early.IsReturned, started.IsReturned, refused.IsReturned, unread.IsReturned).Should().Be((false, false, true, true));
        await started.Awaiting(run => run.Ended).Should().ThrowAsync<IOException>();
    }
}
