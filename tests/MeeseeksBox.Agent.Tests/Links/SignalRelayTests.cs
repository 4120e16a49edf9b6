using MeeseeksBox.Agent.Links;
using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Protocol.Signals;
using Microsoft.Extensions.Time.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>Signals for jobs on other nodes (docs/SPECIFICATION.md#signals).</summary>
public sealed class SignalRelayTests
{
    private const string Probe = """[{"kill":[],"signal":10,"options":{"attributes":[]}}]""";
    private const string Known = """[{"kill":{},"signal":"SIGUSR1"}]""";

    [Fact]
    public async Task A_signal_is_sent_once_on_a_connection_of_its_own()
    {
        await using var peer = new FakePeer((line, _) => Task.FromResult<string?>(line == Probe
            ? Known
            : """[{"kill":{"a":{"id":"a"},"b":false},"signal":"SIGUSR1","error":"no b","code":"refused"}]"""));

        var outcome = await SendAsync(peer);

        outcome.Should().BeEquivalentTo(new SignalOutcome(["a"], ["no b"]));
        peer.Lines.Should().Equal(Probe, """[{"kill":["a","b"],"signal":10,"options":{"attributes":[]}}]""");
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_is_not_asked_again()
    {
        await using var peer = new FakePeer((line, _) => Task.FromResult(line == Probe ? Known : null));

        var outcome = await SendAsync(peer);

        outcome.Sent.Should().BeEmpty();
        outcome.Problems.Should().ContainSingle().Which.Should().StartWith("node 'peer' may have sent it or not: ");
        peer.Accepted.Should().Be(1);
    }

    [Theory]
    [InlineData("""[{"kill":{"\ud800":{}},"signal":"SIGUSR1"}]""")]
    [InlineData("""[{"error":"\ud800"}]""")]
    [InlineData("5")]
    public async Task An_unreadable_answer_is_a_failure_of_this_signal_alone(string answer)
    {
        await using var peer = new FakePeer((line, _) => Task.FromResult<string?>(line == Probe ? Known : answer));

        (await SendAsync(peer)).Problems.Should().ContainSingle().Which.Should().StartWith("node 'peer' may have sent it or not: ");
    }

    [Fact]
    public async Task A_peer_of_an_older_version_which_would_kill_is_sent_no_job()
    {
        await using var peer = new FakePeer((_, _) => Task.FromResult<string?>("""[{"kill":{}}]"""));

        var outcome = await SendAsync(peer);

        outcome.Should().BeEquivalentTo(
            new SignalOutcome([], ["node 'peer' has a version that sends no signals; nothing was sent"]));
        peer.Lines.Should().Equal(Probe);
    }

    [Fact]
    public async Task A_peer_that_cannot_be_reached_was_not_sent_it()
    {
        var peer = new FakePeer((_, _) => Task.FromResult<string?>(null));
        await peer.DisposeAsync();

        await FluentActions.Awaiting(() => SendAsync(peer)).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task An_internal_error_is_logged_once_and_the_failure_of_a_peer_is_not()
    {
        var log = new LoggedErrors();
        await using var logger = log.CreateLogger();
        await using var peer = new FakePeer((_, _) => Task.FromResult<string?>("5"));
        var failures = new RelayFailures(_ => logger);
        SignalRelay[] relays =
        [
            new(_ => peer.Config, TimeProvider.System, failures),
            new(_ => peer.Config, new BrokenTime(), failures),
            new(_ => peer.Config, new BrokenTime(), failures),
        ];

        foreach (var relay in relays)
        {
            var send = () => relay.SendAsync("peer", ["a"], new Signal(10), TestContext.Current.CancellationToken);
            await send.Should().ThrowAsync<IOException>();
        }

        log.Lines.Should().Equal("request to peer failed: internal error; please report it");
    }

    private sealed class BrokenTime : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new InvalidOperationException("a test");
    }

    private static Task<SignalOutcome> SendAsync(FakePeer peer) =>
        new SignalRelay(_ => peer.Config, TimeProvider.System, new RelayFailures(_ => Logger.None)).SendAsync(
            "peer", ["a", "b"], new Signal(10), TestContext.Current.CancellationToken);
}
