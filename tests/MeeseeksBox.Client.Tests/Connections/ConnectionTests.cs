using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MeeseeksBox.Client.Connections;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests.Connections;

/// <summary>Opening, losing and reopening connections.</summary>
public sealed class ConnectionTests
{
    private static readonly JsonObject Status = new() { ["status"] = new JsonObject() };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_connection_fails_at_once_with_a_hint()
    {
        var port = FreePort.Find();

        var connect = () => MeeseeksClient.ConnectAsync(new MeeseeksClientOptions { Address = "127.0.0.1", Port = port }, Stop);

        (await connect.Should().ThrowAsync<MeeseeksConnectionException>())
            .WithMessage($"no meeseeks-box at 127.0.0.1:{port}: connection refused; check that it is running, and that the port is right")
            .Which.WasSent.Should().BeFalse();
    }

    [Fact]
    public async Task An_unknown_host_is_named_in_the_error()
    {
        var connect = () => MeeseeksClient.ConnectAsync(new MeeseeksClientOptions { Address = "no-such-host.invalid" }, Stop);

        (await connect.Should().ThrowAsync<MeeseeksConnectionException>())
            .WithMessage("no meeseeks-box at no-such-host.invalid:13700: there is no host*");
    }

    [Fact]
    public async Task A_client_with_ConnectFor_waits_for_the_box_to_start()
    {
        var port = FreePort.Find();
        await using var client = new MeeseeksClient(
            new MeeseeksClientOptions { Address = "127.0.0.1", Port = port, ConnectFor = Timeout.InfiniteTimeSpan });
        var asking = client.RequestAsync(Status, stop: Stop);

        await using var box = new FakeBox(_ => """{"status":{}}""", port);

        (await asking)["status"].GetRawText().Should().Be("{}");
    }

    [Fact]
    public async Task A_request_reconnects_to_a_restarted_box()
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
    public async Task A_request_that_a_busy_box_has_not_carried_out_is_sent_again()
    {
        var count = 0;
        await using var box = new FakeBox(
            _ => Interlocked.Increment(ref count) < 3 ? """{"error":"busy: 1 clients","code":"busy"}""" : """{"status":{}}""");
        await using var client = box.Client();

        (await client.RequestAsync(Status, isRepeatable: false, Stop))["status"].GetRawText().Should().Be("{}");
        count.Should().Be(3);
    }

    [Fact]
    public async Task A_repeatable_request_is_sent_again_after_a_lost_answer()
    {
        var count = 0;
        await using var box = new FakeBox(_ => Interlocked.Increment(ref count) is 1 ? null : """{"status":{}}""");
        await using var client = box.Client();

        await client.RequestAsync(Status, stop: Stop);

        box.Requests.Should().HaveCount(2);
        box.Connections.Should().Be(2);
    }

    [Fact]
    public async Task A_request_that_is_not_repeatable_is_sent_once()
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
        await using var box = new FakeBox(request =>
            Interlocked.Increment(ref count) < 3 ? null : Submitted(request.GetProperty("submit").GetProperty("id").GetString()!));
        await using var client = box.Client();

        var submitted = await client.SubmitAsync(new NewJob("p1", "true"), Stop);

        box.Requests.Select(request => request.GetProperty("submit").GetProperty("id").GetString()).Should()
            .Equal(Enumerable.Repeat(submitted.Job.Id, 3));
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
    public async Task A_box_that_stays_unreachable_is_given_up_after_ReconnectFor()
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
    [InlineData("hello", "*unexpected line: no request was pending*")]
    public async Task A_line_before_the_first_request_becomes_the_error_of_that_request(string line, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        using var box = await listener.AcceptSocketAsync(Stop);
        await using var connection = Connection(client, new MeeseeksClientOptions());
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
        await using var client = box.Client(
            options => options with { Timeout = TimeSpan.FromMilliseconds(100), ReconnectFor = TimeSpan.Zero });

        var ask = () => client.RequestAsync(Status, stop: Stop);

        (await ask.Should().ThrowAsync<MeeseeksConnectionException>()).WithMessage("*has not answered for 0.1 s*");
        box.Requests.Should().HaveCount(1, "a retry would only time out again");
    }

    [Fact]
    public async Task Times_of_any_length_work()
    {
        await using var box = new FakeBox(_ => """{"tail":{"data":"","offset":0,"ended":true,"run":1}}""");
        await using var client = box.Client(options => options with { Timeout = TimeSpan.FromSeconds(1e9) });

        _ = await client.TailAsync("a", wait: TimeSpan.FromDays(49), stop: Stop);
        _ = await client.TailAsync("a", wait: TimeSpan.FromSeconds(1e9), stop: Stop);

        box.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_request_may_take_longer_than_the_timeout_while_the_box_receives_it()
    {
        await using var listener = new TestListener(async (client, stop) =>
        {
            var buffer = new byte[64 * 1024];
            while (await client.GetStream().ReadAsync(buffer, stop) is > 0 and var count && buffer[count - 1] is not (byte)'\n')
                await Task.Delay(TimeSpan.FromMilliseconds(20), stop);

            await client.GetStream().WriteAsync("[{\"status\":{}}]\n"u8.ToArray(), stop);
            _ = await client.GetStream().ReadAsync(buffer, stop);
        });
        await using var client = new MeeseeksClient(new MeeseeksClientOptions
        {
            Address = "127.0.0.1",
            Port = listener.Port,
            Timeout = TimeSpan.FromSeconds(1),
            ReconnectFor = TimeSpan.Zero,
        });

        var response = await client.RequestAsync(new JsonObject { ["status"] = new string('x', 8_000_000) }, stop: Stop);

        response["status"].GetRawText().Should().Be("{}");
    }

    [Fact]
    public async Task A_cancelled_request_does_not_shift_the_answers_of_the_others()
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
    public async Task Disposing_a_client_fails_its_pending_requests()
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
    [InlineData("<html>", "[<html>]")]
    [InlineData("1", "[1]")]
    [InlineData("HTTP/1.1 400 Bad Request\r", @"[HTTP/1.1 400 Bad Request\r]")]
    [InlineData(
        "<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN' 'http://www.w3.org/TR/html4/strict.dtd'>",
        "[<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN' 'http://w...")]
    public async Task An_answer_of_another_kind_of_server_is_an_error_with_its_beginning(string answer, string shown)
    {
        await using var box = new FakeBox(_ => answer);
        await using var client = box.Client();

        var ask = () => client.RequestAsync(Status, stop: Stop);

        (await ask.Should().ThrowAsync<MeeseeksRequestException>()).Which.Message.Should().Be(
            $"something other than a meeseeks-box answers there, with '{shown}'; check the address and the port");
    }

    [Fact]
    public void Pauses_grow_exponentially_with_jitter_up_to_a_limit()
    {
        Connector.Pauses.After(1, 0).TotalSeconds.Should().Be(0.025);
        Connector.Pauses.After(1, 1).TotalSeconds.Should().Be(0.05);
        Connector.Pauses.After(4, 1).TotalSeconds.Should().Be(0.4);
        Connector.Pauses.After(1000, 1).TotalSeconds.Should().Be(5);
    }

    private static string Submitted(string id) => $$"""{"submit":{"{{id}}":{"id":"{{id}}","pool":"p1","args":["true"],"state":"new"} } }""";

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    public async Task A_line_that_is_too_long_is_an_error_also_without_an_end(string end)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        using var box = await listener.AcceptSocketAsync(Stop);
        await using var connection = Connection(client, new MeeseeksClientOptions { MaxAnswer = 1000 });
        var ask = () => connection.RequestAsync("[]"u8.ToArray(), TimeSpan.Zero, Stop);
        var asked = ask();

        _ = await box.SendAsync(Encoding.UTF8.GetBytes(new string('x', 1001) + end), Stop);

        (await asked.Awaiting(task => task).Should().ThrowAsync<MeeseeksConnectionException>())
            .WithMessage("the connection to box was lost: an answer has more than 1000 bytes; select fewer jobs");
    }
    private static Connection Connection(TcpClient client, MeeseeksClientOptions options) =>
        new(client.GetStream(), "box", options, new Traffic(client.Client, options.Time));
}
