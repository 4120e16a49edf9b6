using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests.Connections;

/// <summary>Connections that come about, are lost, and come again.</summary>
public sealed class ConnectionTests
{
    private static readonly JsonObject Status = new() { ["status"] = new JsonObject() };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_there_is_said_at_once_with_what_to_look_at()
    {
        var port = FreePort();

        var connect = () => MeeseeksClient.ConnectAsync(new MeeseeksClientOptions { Address = "127.0.0.1", Port = port }, Stop);

        (await connect.Should().ThrowAsync<MeeseeksConnectionException>())
            .WithMessage($"no meeseeks-box at 127.0.0.1:{port}: connection refused; is it running, and is the port right?")
            .Which.WasSent.Should().BeFalse();
    }

    [Fact]
    public async Task A_host_that_is_not_known_is_named()
    {
        var connect = () => MeeseeksClient.ConnectAsync(new MeeseeksClientOptions { Address = "no-such-host.invalid" }, Stop);

        (await connect.Should().ThrowAsync<MeeseeksConnectionException>()).WithMessage("no meeseeks-box at no-such-host.invalid:13700: there is no host*");
    }

    [Fact]
    public async Task A_client_that_is_told_to_waits_for_the_box_to_come()
    {
        var port = FreePort();
        await using var client = new MeeseeksClient(new MeeseeksClientOptions { Address = "127.0.0.1", Port = port, ConnectFor = Timeout.InfiniteTimeSpan });
        var asking = client.RequestAsync(Status, stop: Stop);

        await using var box = new FakeBox(_ => """{"status":{}}""", port);

        (await asking)["status"].GetRawText().Should().Be("{}");
    }

    [Fact]
    public async Task A_request_to_a_box_that_came_again_meets_it()
    {
        var first = new FakeBox(_ => """{"status":1}""");
        await using var client = first.Client();
        (await client.RequestAsync(Status, stop: Stop))["status"].GetInt32().Should().Be(1);
        await first.DisposeAsync();
        var asking = client.RequestAsync(Status, stop: Stop);

        await using var second = new FakeBox(_ => """{"status":2}""", first.Port);

        (await asking)["status"].GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_request_whose_answer_was_lost_is_sent_again_when_that_does_no_harm()
    {
        var count = 0;
        await using var box = new FakeBox(_ => Interlocked.Increment(ref count) is 1 ? null : """{"status":{}}""");
        await using var client = box.Client();

        await client.RequestAsync(Status, stop: Stop);

        box.Requests.Should().HaveCount(2);
        box.Connections.Should().Be(2);
    }

    [Fact]
    public async Task A_request_that_may_do_harm_is_sent_once()
    {
        await using var box = new FakeBox(_ => (string?)null);
        await using var client = box.Client();

        var ask = () => client.RequestAsync(Status, isRepeatable: false, Stop);

        (await ask.Should().ThrowAsync<MeeseeksConnectionException>()).Which.WasSent.Should().BeTrue();
        box.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_submit_is_sent_again_with_the_same_id()
    {
        var count = 0;
        await using var box = new FakeBox(request => Interlocked.Increment(ref count) < 3 ? null : Submitted(request.GetProperty("submit").GetProperty("id").GetString()!));
        await using var client = box.Client();

        var submitted = await client.SubmitAsync(new NewJob("p1", "true"), Stop);

        box.Requests.Select(request => request.GetProperty("submit").GetProperty("id").GetString()).Should().Equal(Enumerable.Repeat(submitted.Job.Id, 3));
    }

    [Theory]
    [InlineData(true, """{"id":"a","state":"new"}""")]
    [InlineData(false, """{"pool":"p1","args":["true"]}""")]
    public async Task A_submit_that_could_run_a_job_twice_is_sent_once(bool retrySubmits, string spec)
    {
        await using var box = new FakeBox(_ => (string?)null);
        await using var client = box.Client(options => options with { RetrySubmits = retrySubmits });

        var submit = () => client.SubmitAsync((JsonObject)JsonNode.Parse(spec)!, Stop);

        await submit.Should().ThrowAsync<MeeseeksConnectionException>();
        box.Requests.Should().ContainSingle().Which.GetProperty("submit").GetRawText().Should().Be(spec);
    }

    [Fact]
    public async Task A_box_that_stays_away_is_given_up()
    {
        var box = new FakeBox(_ => """{"status":{}}""");
        await using var client = box.Client(options => options with { ReconnectFor = TimeSpan.FromMilliseconds(200) });
        await client.RequestAsync(Status, stop: Stop);
        await box.DisposeAsync();

        var ask = () => client.RequestAsync(Status, stop: Stop);

        await ask.Should().ThrowAsync<MeeseeksConnectionException>();
    }

    [Theory]
    [InlineData("""[{"error":"this node does not let you in","code":"certificate_refused"}]""", "*this node does not let you in*")]
    [InlineData("hello", "*a line that nobody had asked for*")]
    public async Task What_a_box_says_before_it_is_asked_is_passed_on(string line, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        using var box = await listener.AcceptSocketAsync(Stop);
        await using var connection = new Connection(client.GetStream(), "box", TimeSpan.FromSeconds(20), TimeProvider.System);
        _ = await box.SendAsync(Encoding.UTF8.GetBytes(line + "\n"), Stop);
        await Wait.Until(() => !connection.IsOpen, () => "the connection is open", Stop);

        var ask = () => connection.RequestAsync("[]"u8.ToArray(), TimeSpan.Zero, Stop);

        (await ask.Should().ThrowAsync<MeeseeksConnectionException>()).WithMessage(expected).Which.WasSent.Should().BeFalse();
    }

    [Fact]
    public async Task A_box_that_does_not_answer_is_given_up_after_the_timeout()
    {
        await using var box = new FakeBox(async _ =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Stop);
            return null;
        });
        await using var client = box.Client(options => options with { Timeout = TimeSpan.FromMilliseconds(100), ReconnectFor = TimeSpan.Zero });

        var ask = () => client.RequestAsync(Status, stop: Stop);

        (await ask.Should().ThrowAsync<MeeseeksConnectionException>()).WithMessage("*has not answered for 0.1 s*");
        box.Requests.Should().HaveCount(1, "a second one would take as long");
    }

    [Fact]
    public async Task A_request_that_is_cancelled_leaves_the_others_their_own_answers()
    {
        var first = new TaskCompletionSource();
        var count = 0;
        await using var box = new FakeBox(async request =>
        {
            if (Interlocked.Increment(ref count) is 1)
                await first.Task;
            return $$"""{"query":{{request.GetProperty("query").GetRawText()}}}""";
        });
        await using var client = box.Client();
        using var cancel = new CancellationTokenSource();
        var cancelled = client.RequestAsync(new JsonObject { ["query"] = 1 }, stop: cancel.Token);
        var other = client.RequestAsync(new JsonObject { ["query"] = 2 }, stop: Stop);
        await Wait.Until(() => count is 1, () => $"{count} requests", Stop);

        await cancel.CancelAsync();
        var wait = () => cancelled;
        await wait.Should().ThrowAsync<OperationCanceledException>();
        first.SetResult();

        (await other)["query"].GetInt32().Should().Be(2);
        box.Connections.Should().Be(1);
    }

    [Fact]
    public async Task A_client_that_is_disposed_of_ends_what_waits()
    {
        await using var box = new FakeBox(async _ =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Stop);
            return null;
        });
        var client = box.Client();
        var asking = client.RequestAsync(Status, stop: Stop);
        await Wait.Until(() => !box.Requests.IsEmpty, () => "no request", Stop);

        await client.DisposeAsync();

        var wait = () => asking;
        await wait.Should().ThrowAsync<MeeseeksConnectionException>();
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("1")]
    public async Task Something_that_is_no_box_is_told(string answer)
    {
        await using var box = new FakeBox(_ => answer);
        await using var client = box.Client();

        var ask = () => client.RequestAsync(Status, stop: Stop);

        (await ask.Should().ThrowAsync<MeeseeksRequestException>()).WithMessage("*is it a meeseeks-box that listens there?");
    }

    [Fact]
    public void Pauses_grow_are_jittered_and_have_a_limit()
    {
        Backoff.After(1, 0).TotalSeconds.Should().Be(0.025);
        Backoff.After(1, 1).TotalSeconds.Should().Be(0.05);
        Backoff.After(4, 1).TotalSeconds.Should().Be(0.4);
        Backoff.After(1000, 1).TotalSeconds.Should().Be(5);
    }

    private static string Submitted(string id) => $$"""{"submit":{"{{id}}":{"id":"{{id}}","pool":"p1","args":["true"],"state":"new"} } }""";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
