using System.Net.Sockets;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#lines
public sealed class RunnerLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _runner;
    private readonly RunnerLines _lines;

    public RunnerLinesTests()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder.File("socket")));
        listener.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_folder.File("socket")));
        _runner = listener.Accept();
        _lines = new RunnerLines(socket, new RunnerLineBuffer());
    }

    public void Dispose()
    {
        _lines.Dispose();
        _runner.Dispose();
        _folder.Dispose();
    }

    // More than a socket takes: a runner that is stopped reads nothing.
    [Fact]
    public async Task Nobody_waits_for_a_runner_that_does_not_read_and_it_gets_all_lines_in_their_order()
    {
        const int Count = 2000;
        for (var number = 0; number < Count; number++)
            _lines.Send(Line(number, new string('x', 1000)));
        _lines.Complete();
        _lines.Send(Line(Count, "late"));

        var received = await ReadAsync();

        received.Select(line => line.Run).Should().Equal(Enumerable.Range(0, Count).Select(number => $"{number}"));
    }

    [Fact]
    public async Task A_line_that_can_wait_goes_with_the_next_one_or_alone_after_a_while()
    {
        _lines.SendWithin(TimeSpan.FromHours(1), Line(0, "a"));
        _lines.Send(Line(1, "b"));
        _lines.SendWithin(TimeSpan.FromMilliseconds(1), Line(2, "c"));
        _lines.SendWithin(TimeSpan.FromHours(1), Line(3, "d"));
        await ReadUntilAsync("3");
    }

    [Fact]
    public async Task Answers_to_received_lines_are_sent_and_so_are_lines_of_other_threads()
    {
        var running = Task.Run(
            () => _lines.Run(line =>
            {
                _lines.Send(line);
                _lines.Send(line);
            }),
            TestContext.Current.CancellationToken);
        _ = await _runner.SendAsync("ping a\nping b\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await ReadUntilAsync("b");

        _lines.Send(Line(7, ""));
        await ReadUntilAsync("7");
        _runner.Close();
        await running.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        _lines.Send(Line(8, ""));
    }

    private static RunnerMessage Line(int number, string text) =>
        new RunnerMessage(RunnerVerb.Note, $"{number}").With(RunnerField.Text, text);

    private async Task<List<RunnerMessage>> ReadAsync()
    {
        List<RunnerMessage> received = [];
        var input = new RunnerLineBuffer();
        while (await _runner.ReceiveAsync(input.Free, TestContext.Current.CancellationToken) is > 0 and var count)
            input.Take(count, received.Add).Should().BeTrue();
        return received;
    }

    private async Task ReadUntilAsync(string last)
    {
        var isThere = false;
        var input = new RunnerLineBuffer();
        while (!isThere)
        {
            var count = await _runner.ReceiveAsync(input.Free, TestContext.Current.CancellationToken);
            count.Should().BePositive();
            input.Take(count, line => isThere |= line.Run == last).Should().BeTrue();
        }
    }
}
