using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.Agent.Tests.Requests;

/// <summary>The answers to lines of one connection (docs/SPECIFICATION.md#request-lines).</summary>
public sealed class RequestLineHandlerTests : IDisposable
{
    private readonly CoreHost _host = new(new NodeSettings { Name = "n1" }, NoOutputs.Store, TimeProvider.System, problem => throw problem);
    private readonly MemoryStream _sent = new();
    private readonly PipeWriter _output;
    private readonly RequestLineHandler _handler;

    public RequestLineHandlerTests()
    {
        var (upstream, durability) = (new UpstreamSessions(_host), new DurabilityBarrier(_host));
        var handlers = new RequestHandlers(
            new StatusHandler(_host), new SubmitHandler(_host), new QueryHandler(_host),
            new GetHandler(_host, upstream, "0.1", TimeProvider.System),
            null!, null!, null!, null!, null!, null!, null!, null!, durability);
        var client = new ClientIdentity(null, null);
        var session = new Session(() => Access.Open, access => ClientRights.Of(client, access, new HostAccounts()));
        _handler = new RequestLineHandler(
            handlers, new LongPoll(_host, TimeProvider.System), durability, upstream, session, (_, _) => Task.CompletedTask, maxDepth: 100);
        _output = PipeWriter.Create(_sent);
    }

    public void Dispose()
    {
        _handler.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task Each_answer_is_a_line_of_its_own_whatever_came_before()
    {
        (await AskAsync("""[{"query":"a"},5,{"query":1}]""")).Should().StartWith("""[{"query":false},{"error":"5 is not a request""");
        (await AskAsync("""[{"nodes":{},"options":{"pretty":true}}]""")).Should().Contain("\n    ");
        (await AskAsync("not JSON")).Should().StartWith("""[{"error":"not JSON: """).And.EndWith("}]\n");
        (await AskAsync("""[{"get":{},"options":{"attributes":["id"]}}]""")).Should().Be("[{\"get\":{}}]\n");
        (await AskAsync("""[{"submit":{"id":"a","pool":"p","args":["x"],"hold":true}}]""")).Should().Contain("\"args\":[\"x\"]");
        (await AskAsync("""[{"query":"a"}]""")).Should().Contain("\"args\":[\"x\"]", "the attributes were asked for in an earlier line");
        (await AskAsync("[]")).Should().Be("[]\n");
    }

    [Fact]
    public async Task A_configuration_with_keys_that_no_box_knows_is_taken_with_a_warning()
    {
        var answer = await AskAsync(
            """[{"submit":{"id":"c","pool":"__config","node":"n2","args":{"pools":{"p":{"slotz":1,"slots":2}},"listen":{"port":1}}}}]""");

        answer.Should().Contain("\"id\":\"c\"").And.NotContain("\"error\"").And.Contain("pools.p.slotz: unknown key, ignored");
        answer.Should().NotContain("listen.port").And.NotContain("p.slots:");
    }

    private async Task<string> AskAsync(string line)
    {
        _sent.SetLength(0);
        var (bytes, stop) = (new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)), TestContext.Current.CancellationToken);
        await _handler.HandleAsync(bytes, new NoLine(), _output, stop);
        _ = await _output.FlushAsync(stop);
        return Encoding.UTF8.GetString(_sent.ToArray());
    }

    private sealed class NoLine : ILineLookahead
    {
        public bool IsNextAvailable => false;

        public Task WaitForNextAsync() => Task.Delay(Timeout.InfiniteTimeSpan);
    }
}
