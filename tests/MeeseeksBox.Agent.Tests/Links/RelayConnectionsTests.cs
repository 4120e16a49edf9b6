using System.Text;
using MeeseeksBox.Agent.Links;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>Requests for output on connections of their own (docs/SPECIFICATION.md#tail).</summary>
public sealed class RelayConnectionsTests
{
    private const string Part = """[{"tail":{"data":"aGVsbG8K","offset":6,"ended":false,"run":1}}]""";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_connection_serves_one_request_after_the_other_and_closes_when_idle()
    {
        await using var peer = new FakePeer((_, _) => Task.FromResult<string?>(Part));
        using var relays = new RelayConnections(peer.Config, _time);

        var first = await AskAsync(relays, Long);
        var second = await AskAsync(relays, TimeSpan.Zero);

        Encoding.UTF8.GetString(first.Value!.Data.Span).Should().Be("hello\n");
        second.IsSuccess.Should().BeTrue();
        peer.Accepted.Should().Be(1);
        peer.Lines.Should().Equal(
            """[{"tail":{"id":"a","stream":"stdout","offset":0},"wait":300}]""", """[{"tail":{"id":"a","stream":"stdout","offset":0}}]""");

        _time.Advance(TimeSpan.FromSeconds(10));
        await Wait.Until(() => peer.Open is 0, () => $"{peer.Open} connections are open", Stop);
    }

    [Fact]
    public async Task An_interruption_ends_the_wait_of_the_peer_and_keeps_the_connection()
    {
        await using var peer = new FakePeer(async (line, next) =>
        {
            if (line is "[]")
                return "[]";

            _ = await next;
            return Part;
        });
        using var relays = new RelayConnections(peer.Config, _time);
        var interruption = new TaskCompletionSource();

        var asking = relays.AskAsync(Request(), Long, interruption.Task, Stop);
        await Wait.Until(() => peer.Lines.Count is 1, () => "the request did not arrive", Stop);
        interruption.SetResult();

        (await asking).Value!.Offset.Should().Be(6);
        (await relays.AskAsync(Request(), Long, interruption.Task, Stop)).IsSuccess.Should().BeTrue();
        peer.Accepted.Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_the_peer_closed_meanwhile_is_replaced()
    {
        await using var peer = new FakePeer((_, _) => Task.FromResult<string?>(Part));
        using var relays = new RelayConnections(peer.Config, _time);
        _ = await AskAsync(relays, Long);
        peer.Cut();

        (await AskAsync(relays, Long)).IsSuccess.Should().BeTrue();

        peer.Accepted.Should().Be(2);
    }

    [Fact]
    public async Task An_error_of_the_peer_is_passed_on()
    {
        const string Answer = """[{"tail":false,"error":"no such job","code":"refused"}]""";
        await using var peer = new FakePeer((_, _) => Task.FromResult<string?>(Answer));
        using var relays = new RelayConnections(peer.Config, _time);

        (await AskAsync(relays, Long)).Problem.Should().Be("no such job");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[5]")]
    [InlineData("[{}]")]
    [InlineData("not JSON")]
    [InlineData("""[{"tail":{"data":"?","offset":6}}]""")]
    [InlineData("""[{"\ud800":1}]""")]
    [InlineData("""[{"error":"\ud800"}]""")]
    [InlineData("""[{"tail":{"\ud800":1}}]""")]
    [InlineData("[{\"tail\":{\"\u00e9\":1}}]")]
    [InlineData(null)]
    public async Task An_unreadable_answer_fails_the_request_and_closes_the_connection(string? answer)
    {
        await using var peer = new FakePeer((_, _) => Task.FromResult(answer));
        using var relays = new RelayConnections(peer.Config, _time);

        await relays.Invoking(relay => AskAsync(relay, Long)).Should().ThrowAsync<LinkException>();

        await Wait.Until(() => peer.Open is 0, () => $"{peer.Open} connections are open", Stop);
    }

    [Fact]
    public async Task An_endless_answer_fails_the_request()
    {
        await using var peer = new FakePeer((_, _) => Task.FromResult<string?>(new string('[', 1 << 20)));
        using var relays = new RelayConnections(peer.Config, _time);

        await relays.Invoking(relay => AskAsync(relay, Long)).Should().ThrowAsync<LinkException>().WithMessage("*exceeds*");
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_after_the_wait_fails_the_request()
    {
        await using var peer = new FakePeer((_, _) => Never.ContinueWith(_ => default(string), TaskScheduler.Default));
        using var relays = new RelayConnections(peer.Config, _time);

        var asking = AskAsync(relays, Long);
        await Wait.Until(() => peer.Lines.Count is 1, () => "the request did not arrive", Stop);
        _time.Advance(Long);

        // The socket tells when the request was acknowledged by the real clock, which is a moment ago.
        await Wait.Until(
            () =>
            {
                _time.Advance(peer.Config.Timeout);
                return asking.IsCompleted;
            },
            () => "the request waits",
            Stop);

        await asking.Awaiting(answer => answer).Should().ThrowAsync<LinkException>().WithMessage("no answer within 10 s");
    }

    [Fact]
    public async Task The_connections_are_limited_and_further_requests_wait_for_their_turn()
    {
        var isOpen = new TaskCompletionSource();
        await using var peer = new FakePeer(async (_, _) =>
        {
            await isOpen.Task;
            return Part;
        });
        using var relays = new RelayConnections(peer.Config, _time);

        var asking = Enumerable.Range(0, 80).Select(_ => AskAsync(relays, Long)).ToList();
        await Wait.Until(() => peer.Lines.Count is 64, () => $"{peer.Lines.Count} requests arrived", Stop);
        var late = relays.AskAsync(Request(), Long, Task.CompletedTask, Stop);
        await late.Awaiting(answer => answer).Should().ThrowAsync<LinkException>().WithMessage("64 outputs are read through it already");
        peer.Lines.Should().HaveCount(64);
        isOpen.SetResult();

        (await Task.WhenAll(asking)).Should().OnlyContain(answer => answer.IsSuccess);
        peer.Accepted.Should().Be(64);
    }

    [Fact]
    public async Task The_end_of_the_link_ends_its_requests()
    {
        await using var peer = new FakePeer(async (_, next) => await next);
        var relays = new RelayConnections(peer.Config, _time);

        var asking = AskAsync(relays, Long);
        await Wait.Until(() => peer.Lines.Count is 1, () => "the request did not arrive", Stop);
        relays.Dispose();

        await asking.Awaiting(answer => answer).Should().ThrowAsync<LinkException>().WithMessage("the link was removed");
        await Wait.Until(() => peer.Open is 0, () => $"{peer.Open} connections are open", Stop);
    }

    private static TailRequest Request() => new("a", OutputStream.Stdout, 0, null);

    private static Task<Result<OutputPart>> AskAsync(RelayConnections relays, TimeSpan wait) =>
        relays.AskAsync(Request(), wait, Never, Stop);
}
