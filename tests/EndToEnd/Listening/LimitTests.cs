using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Listening;

/// <summary>Limits for clients (docs/SPECIFICATION.md#size-limits).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class LimitTests(SharedBox local, BoxWithLimits fixture) : BoxTests(fixture)
{
    [Fact]
    public async Task A_client_that_sends_no_line_for_too_long_is_disconnected_and_one_with_a_long_poll_is_not()
    {
        await using var box = await RunningBox.StartAsync("listen.idle_timeout=0.2");
        using var silent = await box.ConnectAsync();
        using var half = await box.ConnectAsync();
        await half.SendAsync("[{\"ls\":");
        using var waiting = await box.ConnectAsync();
        var answer = waiting.AskAsync("""[{"get":{"seq":0},"wait":0.6}]""");

        (await silent.ReadLineAsync()).Should().BeNull();
        (await half.ReadLineAsync()).Should().BeNull();
        using var other = await box.ConnectAsync();
        (await other.AskAsync("[]")).GetRawText().Should().Be("[]");
        (await answer)[0].TryGetProperty("seq", out _).Should().BeTrue();
    }

    [Fact]
    public async Task Clients_over_the_limit_wait_until_another_disconnects()
    {
        await using var box = await RunningBox.StartAsync("listen.max_connections=2");
        using var first = await box.ConnectAsync();
        using var second = await box.ConnectAsync();
        _ = await first.AskAsync("[]");
        _ = await second.AskAsync("[]");

        using var third = await box.ConnectAsync();
        var answer = third.AskAsync("[]");
        await box.WaitForLogAsync("connection limit reached: 2 clients (listen.max_connections); further ones wait 2 s");
        answer.IsCompleted.Should().BeFalse();
        first.Dispose();

        (await answer).GetRawText().Should().Be("[]");
    }

    [Fact]
    public async Task Clients_over_the_limit_are_refused_as_busy_when_none_leaves()
    {
        await using var box = await RunningBox.StartAsync("listen.max_connections=1", "listen.address=127.0.0.1,127.0.0.2");
        using var first = await box.ConnectAsync();
        _ = await first.AskAsync("[]");

        using var second = await box.ConnectAsync();
        var answer = await second.AskAsync("""[{"submit":{"id":"never","pool":"p","args":["true"]}}]""");

        answer[0].Text("code").Should().Be("busy");
        answer[0].Text("error").Should().StartWith("busy: 1 clients are connected, which is the most (listen.max_connections)");
        (await second.ReadLineAsync()).Should().BeNull();
        (await first.AskAsync("""[{"ls":{}}]"""))[0].GetProperty("ls").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_client_over_the_rate_is_answered_later()
    {
        await using var box = await RunningBox.StartAsync("listen.rate=4");
        using var client = await box.ConnectAsync();

        (await client.AskAsync("""[{"ls":{}},{"ls":{}},{"ls":{}},{"ls":{}},{"ls":{}}]""")).GetArrayLength().Should().Be(5);

        await box.WaitForLogAsync("client 127.0.0.1 sends more than 4 requests a second (listen.rate)");
    }

    [Fact]
    public async Task Lists_and_objects_may_not_be_nested_deeper_than_allowed()
    {
        var answer = await Box.AskLineAsync("""[{"submit":{"pool":"p","args":["x"],"config":{"a":{"b":{"c":1}}}}}]""");
        var good = await Box.AskLineAsync("""[{"submit":{"pool":"p","args":["x"],"config":{"a":{}}}}]""");

        answer[0].Text("code").Should().Be("bad_json");
        good[0].TryGetProperty("error", out _).Should().BeFalse();
    }

    [Fact]
    public async Task The_longest_line_is_what_the_configuration_says()
    {
        using var fitting = await Box.ConnectAsync();
        using var longer = await Box.ConnectAsync();

        var good = await fitting.AskAsync("[]" + new string(' ', 98));
        var bad = await longer.AskAsync("[]" + new string(' ', 99));

        good.ToString().Should().Be("[]");
        bad[0].Text("error").Should().Contain("100 ");
        (await longer.ReadLineAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Listening_for_other_hosts_without_TLS_logs_a_warning_at_each_start()
    {
        Box.Log.Has(
            "WARNING n1.Listener: listening without TLS on a non-loopback address: any host can run programs and change the configuration")
            .Should().BeTrue();
        local.Box.Log.Has("listening without TLS").Should().BeFalse();
    }
}
