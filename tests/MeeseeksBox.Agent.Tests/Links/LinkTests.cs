using System.Collections.Concurrent;
using System.Text;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>A peer harms its own link at most (docs/SPECIFICATION.md#links).</summary>
public sealed class LinkTests : IDisposable
{
    private const string Status = """{"online":true,"ts":1,"loadavg":0,"routing":["peer"],"pools":{},"ver":"1","caps":["wait","lease"]}""";
    private const string Good = """{"pool":"p","args":["x"],"node":"peer","state":"running","active":true,"ts":1,"submit_ts":1}""";
    private const string Greeting = $$$"""[{"get":{},"seq":1,"nodes":{"peer":{{{Status}}}},"nodes_seq":1}]""";

    private readonly CoreHost _host = new(
        new NodeSettings { Name = "here", Pools = new Dictionary<string, PoolSettings> { ["mine"] = new() { Slots = 1 } } },
        NoOutputs.Store,
        TimeProvider.System,
        _ => { });

    private readonly Events _events = new();
    private readonly ConcurrentQueue<Exception> _faults = [];
    private readonly Logger _log;

    public LinkTests() => _log = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(_events).CreateLogger();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData("""[{"get":{"\ud800":{},"good":GOOD},"seq":1,"nodes":{"peer":STATUS},"nodes_seq":1}]""")]
    [InlineData("""[{"get":{"bad":"\ud800","good":GOOD},"seq":1,"nodes":{"peer":STATUS},"nodes_seq":1}]""")]
    [InlineData("""[{"get":{"bad":{"error":"\ud800"},"good":GOOD},"seq":1,"nodes":{"peer":STATUS},"nodes_seq":1}]""")]
    [InlineData("""[{"get":{"good":GOOD},"seq":1,"nodes":{"\ud800":STATUS,"peer":STATUS},"nodes_seq":1}]""")]
    [InlineData("""[{"get":{"good":GOOD},"seq":1,"nodes":{"n":"\ud800","peer":STATUS},"nodes_seq":1}]""")]
    [InlineData("""[{"get":{"good":GOOD},"seq":1,"nodes":{"peer":STATUS},"nodes_seq":1,"nodes_gone":["\ud800"]}]""")]
    [InlineData("""[{"\ud800":0,"get":{"good":GOOD},"seq":1,"nodes":{"peer":STATUS},"nodes_seq":1}]""")]
    [InlineData("[{\"get\":{\"\u00e9\":{},\"good\":GOOD},\"seq\":1,\"nodes\":{\"peer\":STATUS},\"nodes_seq\":1}]")]
    public async Task A_part_that_is_not_valid_Unicode_is_skipped_and_the_rest_counts(string greeting)
    {
        await using var peer = Peer(greeting.Replace("GOOD", Good).Replace("STATUS", Status));
        await using var links = await StartAsync(peer.Config);

        await LogHas("up: peer");

        _host.Execute((core, _) => core.Find("good")).Should().NotBeNull();
        _events.Lines.Should().ContainSingle(line => line.StartsWith("Warning unreadable part of a reply from peer: "));
        _events.Lines.Should().NotContain(line => line.StartsWith("Error"));
    }

    [Theory]
    [InlineData("""[{"error":"\ud800"}]""", "the node rejected the request: (a text that is not valid Unicode)")]
    [InlineData("""[{"error":"no"}]""", "the node rejected the request: no")]
    [InlineData("not JSON", "not a meeseeks-box: the reply is not JSON")]
    [InlineData("[5]", "not a meeseeks-box: the reply is not a list of one object")]
    [InlineData("[]", "not a meeseeks-box: the reply is not a list of one object")]
    [InlineData(null, "the node closed the connection")]
    public async Task A_reply_of_another_kind_is_a_broken_link_whose_reason_is_logged_once(string? greeting, string reason)
    {
        await using var peer = Peer(greeting);
        await using var links = await StartAsync(peer.Config);

        await Wait.Until(() => peer.Accepted > 2, () => $"{peer.Accepted} connections", Stop);

        _events.Lines.Should().ContainSingle().Which.Should().StartWith($"Warning down: peer at 127.0.0.1:{peer.Config.Port}: {reason}");
    }

    [Fact]
    public async Task A_peer_that_accepts_no_line_at_all_is_an_error_that_says_what_to_raise()
    {
        await using var peer = Peer("""[{"error":"no","code":"too_long"}]""");
        await using var links = await StartAsync(peer.Config);

        await LogHas("raise its listen.max_request");

        _events.Lines.Should().ContainSingle().Which.Should().StartWith(
            $"Error down: peer at 127.0.0.1:{peer.Config.Port}: the node accepts no line as long as this one; ");
    }

    [Fact]
    public async Task A_link_that_closes_a_cycle_is_an_error_at_both_ends()
    {
        await using var peer = Peer(Greeting.Replace("{\"peer\":", $"{{\"here\":{Status},\"peer\":"));
        await using var links = await StartAsync(peer.Config);

        await Wait.Until(() => peer.Lines.Any(line => line.Contains("cycle")), () => string.Join('\n', peer.Lines), Stop);
        await LogHas("cycle");

        peer.Lines.Should().Contain("""[{"sync":{},"options":{"cycle":["here","here"]}}]""");
        _events.Lines.Should().ContainSingle().Which.Should().StartWith(
            $"Error down: peer at 127.0.0.1:{peer.Config.Port}: the nodes are connected in a cycle: here → here; ");
    }

    [Theory]
    [InlineData(-6000, "behind")]
    [InlineData(6000, "ahead of")]
    public async Task A_clock_that_differs_is_a_warning(int offset, string direction)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds + offset;
        await using var peer = Peer(Greeting.Replace("\"seq\":1", FormattableString.Invariant($"\"seq\":1,\"now\":{now:F3}")));
        await using var links = await StartAsync(peer.Config);

        await LogHas("up: peer");
        await LogHas("the clock of peer");

        _events.Lines.Should().ContainSingle(line => line.StartsWith("Warning"))
            .Which.Should().MatchRegex($@"^Warning the clock of peer is (59|60)\d\d(\.\d)? s {direction} that of this host, ");
    }

    [Fact]
    public async Task An_internal_error_breaks_the_link_alone_and_is_logged_once()
    {
        var woken = 0;
        _host.PoolWoken += _ => throw new InvalidOperationException("a test");
        _host.PoolWoken += _ => woken++;
        var jobs = $$$"""{"mine":{{{Good.Replace("\"p\"", "\"mine\"").Replace("peer", "here").Replace("running", "new")}}}}""";
        await using var peer = Peer(Greeting.Replace("\"get\":{}", $"\"get\":{jobs}"));
        await using var other = Peer(Greeting);
        await using var links = await StartAsync(peer.Config);

        await LogHas("internal error; please report it");

        _events.Lines.Should().ContainSingle(line => line.StartsWith("Error"))
            .Which.Should().StartWith($"Error down: peer at 127.0.0.1:{peer.Config.Port}: internal error; please report it: ")
            .And.Contain("InvalidOperationException: a test");
        woken.Should().BePositive("the exception of one handler does not keep the next from its call");
        await links.ApplyAsync(("peer", other.Config));
        await LogHas("up: peer");
    }

    [Fact]
    public async Task The_reasons_are_cut_and_a_peer_with_a_new_one_each_time_fills_no_log()
    {
        var time = new FakeTimeProvider();
        var count = 0;
        await using var peer = new FakePeer((_, _) =>
            Task.FromResult<string?>($$"""[{"error":"{{Interlocked.Increment(ref count)}} {{new string('x', 100_000)}}"}]"""));
        await using var links = await StartAsync(peer.Config with { Timeout = TimeSpan.FromSeconds(1e9) }, time);

        await Wait.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return peer.Accepted > 30;
            },
            () => $"{peer.Accepted} connections",
            Stop);

        _events.Lines.Should().HaveCount(21).And.OnlyContain(line => line.Length < 500);
        _events.Lines.Last().Should().Be("Warning down: peer: further reasons are not logged until it is up");
    }

    [Fact]
    public async Task Times_of_any_length_work()
    {
        var longest = TimeSpan.FromSeconds(1e9);
        await using var peer = Peer(Greeting);
        await using var links = await StartAsync(peer.Config with { Timeout = longest, Poll = longest, Refresh = longest });

        await LogHas("up: peer");

        _events.Lines.Should().ContainSingle();
    }

    [Fact]
    public async Task A_reply_may_take_longer_than_the_timeout_while_its_bytes_arrive_and_half_a_line_may_not()
    {
        var timeout = TimeSpan.FromSeconds(1.5);
        await using var peer = new TestListener(async (client, stop) =>
        {
            using var reader = new StreamReader(client.GetStream());
            _ = await reader.ReadLineAsync(stop);
            foreach (var piece in Encoding.ASCII.GetBytes(Greeting + "\n[").Chunk(16))
            {
                await client.GetStream().WriteAsync(piece, stop);
                await Task.Delay(timeout / 5, stop);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        });
        var config = new LinkConfig { Address = "127.0.0.1", Port = peer.Port, Timeout = timeout, Poll = timeout / 10 };
        await using var links = await StartAsync(config);

        await LogHas("up: peer");
        await LogHas("the reply is 1.5 s overdue");

        _events.Lines.Should().HaveCount(2).And.Subject.First().Should().StartWith("Information up: peer");
    }

    [Fact]
    public async Task Many_links_end_together_at_a_stop()
    {
        await using var peer = Peer(Greeting.Replace("peer", "elsewhere"));
        await using var links = await StartAsync(
            [.. Enumerable.Range(0, 100).Select(number => ($"n{number}", peer.Config))]);
        await Wait.Until(() => peer.Accepted > 50, () => $"{peer.Accepted} connections", Stop);

        await links.DisposeAsync();

        _faults.Should().BeEmpty();
    }

    // Answers the first line, and holds the reply to each other.
    private static FakePeer Peer(string? greeting) =>
        new(async (line, next) => line.Contains("\"wait\"") ? await Held(next) : greeting);

    private static async Task<string?> Held(Task<string?> next)
    {
        _ = await next;
        return null;
    }

    private Task LogHas(string text) =>
        Wait.Until(() => _events.Lines.Any(line => line.Contains(text)), () => string.Join('\n', _events.Lines), Stop);

    private Task<Running> StartAsync(LinkConfig config, TimeProvider? time = null) => StartAsync([("peer", config)], time);

    private async Task<Running> StartAsync((string Name, LinkConfig Config)[] nodes, TimeProvider? time = null)
    {
        var links = new Running(new LinkSet(_host, time ?? TimeProvider.System, _ => _log, ObserveAsync), _faults);
        await links.ApplyAsync(nodes);
        return links;
    }

    private async Task ObserveAsync(string name, Task run)
    {
        try
        {
            await run;
        }
        catch (Exception fault)
        {
            _faults.Enqueue(fault);
        }
    }

    private sealed class Running(LinkSet links, ConcurrentQueue<Exception> faults) : IAsyncDisposable
    {
        public Task ApplyAsync(params (string Name, LinkConfig Config)[] nodes) =>
            links.ApplyAsync(nodes.ToDictionary(node => node.Name, node => node.Config));

        public async ValueTask DisposeAsync()
        {
            await links.CompleteAsync();
            faults.Should().BeEmpty("a fault of a loop ends the box");
        }
    }

    private sealed class Events : ILogEventSink
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public void Emit(LogEvent logEvent) => Lines.Enqueue($"{logEvent.Level} {logEvent.RenderMessage(null).Replace("\"", "")}");
    }
}
