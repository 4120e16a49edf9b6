using System.Collections.Concurrent;
using System.Text;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests.Following;

/// <summary>Reading the output of jobs, of a box with the request and of others.</summary>
public sealed class OutputFollowerTests
{
    private const string Running = """{"job":{"id":"a","pool":"p","args":["x"],"node":"n","state":"running","active":true}}""";
    private const string Done = """{"id":"a","pool":"p","args":["x"],"node":"n","state":"done","active":false,"stdout_data":"YWxs"}""";

    private const string Late = """{"tail":{"data":"","offset":0,"ended":false,"run":1,"late":true}}""";

    private readonly ConcurrentQueue<string> _delays = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_part_is_read_by_its_offset()
    {
        await using var box = new FakeBox(_ => """{"tail":{"data":"aGVsbG8K","offset":16,"ended":false,"run":2,"missing":3}}""");
        await using var client = box.Client();

        var part = await client.TailAsync("a", OutputStream.Stderr, offset: 7, run: 2, wait: TimeSpan.FromSeconds(9), stop: Stop);

        (Text(part), part.Offset, part.Run, part.Missing).Should().Be(("hello\n", 16L, 2, 3L));
        box.Requests.Single().GetRawText().Should().Be("""{"tail":{"id":"a","stream":"stderr","offset":7,"run":2},"wait":9}""");
    }

    [Fact]
    public async Task An_error_and_an_old_box_are_told_apart_by_the_code()
    {
        await using var box = new FakeBox(request => request.GetProperty("tail").GetProperty("id").GetString() is "old"
            ? "{}"
            : """{"tail":false,"error":"there is no job 'a'","code":"refused"}""");
        await using var client = box.Client();

        (await client.Awaiting(one => one.TailAsync("a", stop: Stop)).Should().ThrowAsync<MeeseeksRequestException>())
            .WithMessage("there is no job 'a'").Which.Code.Should().Be(ErrorCode.Refused);
        (await client.Awaiting(one => one.TailAsync("old", stop: Stop)).Should().ThrowAsync<MeeseeksRequestException>())
            .Which.Code.Should().BeNull();
    }

    [Fact]
    public async Task Output_is_followed_from_part_to_part_until_the_end()
    {
        string[] answers =
        [
            """{"tail":{"data":"","offset":0,"ended":false,"run":0}}""",
            """{"tail":{"data":"YQ==","offset":1,"ended":false,"run":1}}""",
            """{"tail":{"data":"Yg==","offset":9,"ended":false,"run":2,"missing":8}}""",
            """{"tail":{"data":"","offset":9,"ended":true,"run":2}}""",
        ];
        var asked = 0;
        await using var box = new FakeBox(_ => answers[asked++]);
        await using var client = box.Client();

        var parts = await client.FollowOutputAsync("a", stop: Stop).ToListAsync(Stop);

        parts.Select(part => (Text(part), part.Run, part.Missing, part.HasEnded))
            .Should().Equal(("a", 1, 0, false), ("b", 2, 8, false), ("", 2, 0, true));
        box.Requests.Select(request => request.GetRawText()).Should().Equal(
            """{"tail":{"id":"a","stream":"stdout","offset":0}}""",
            """{"tail":{"id":"a","stream":"stdout","offset":0,"run":0},"wait":60}""",
            """{"tail":{"id":"a","stream":"stdout","offset":1,"run":1},"wait":60}""",
            """{"tail":{"id":"a","stream":"stdout","offset":9,"run":2},"wait":60}""");
    }

    [Fact]
    public async Task A_box_without_the_request_shows_the_output_at_the_end()
    {
        var isOver = new TaskCompletionSource();
        await using var box = new FakeBox(async request =>
        {
            if (!request.TryGetProperty("get", out _))
                return request.TryGetProperty("job", out _) ? Running : "{}";

            if (request.TryGetProperty("wait", out _))
                await isOver.Task;

            return isOver.Task.IsCompleted ? $$$"""{"get":{"a":{{{Done}}}},"seq":2}""" : $$"""{"get":{"a":{{Running[7..^1]}}},"seq":1}""";
        });
        await using var client = box.Client();

        var following = client.FollowOutputAsync("a", delays: Delays(), stop: Stop).ToListAsync(Stop).AsTask();
        await Wait.Until(() => _delays.Count is 1, () => $"{_delays.Count} delays were reported", Stop);
        following.IsCompleted.Should().BeFalse();
        isOver.SetResult();

        var part = (await following).Should().ContainSingle().Subject;
        (Text(part), part.HasEnded, part.IsLate).Should().Be(("all", true, true));
        _delays.Single().Should().EndWith("shows output only when the job has ended");
    }

    [Fact]
    public async Task A_node_without_live_output_is_reported_once()
    {
        var asked = 0;
        await using var box = new FakeBox(request => request.TryGetProperty("job", out _) ? Running
            : request.TryGetProperty("nodes", out _) ? Node(caps: "")
            : asked++ < 2 ? Late
            : """{"tail":{"data":"YWxs","offset":3,"ended":true,"run":1}}""");
        await using var client = box.Client(options => options with { Time = new EagerTime() });

        var parts = await client.FollowOutputAsync("a", delays: Delays(), stop: Stop).ToListAsync(Stop);

        parts.Should().ContainSingle();
        _delays.Should().Equal("node 'n' shows output only when the job has ended");
    }

    [Fact]
    public async Task A_plugin_that_returns_its_output_at_the_end_is_not_reported()
    {
        var asked = 0;
        await using var box = new FakeBox(request => request.TryGetProperty("job", out _) ? Running
            : request.TryGetProperty("nodes", out _) ? Node(caps: "\"tail\"")
            : asked++ < 3 ? Late
            : """{"tail":{"data":"YWxs","offset":3,"ended":true,"run":1}}""");
        await using var client = box.Client(options => options with { Time = new EagerTime() });

        var parts = await client.FollowOutputAsync("a", delays: Delays(), stop: Stop).ToListAsync(Stop);

        parts.Should().ContainSingle();
        _delays.Should().BeEmpty();
        box.Requests.Count(request => request.TryGetProperty("nodes", out _)).Should().Be(1);
    }

    [Fact]
    public async Task An_unreachable_node_of_a_job_that_waits_is_not_reported()
    {
        var asked = 0;
        await using var box = new FakeBox(request => request.TryGetProperty("job", out _)
            ? """{"job":{"id":"a","pool":"p","args":["x"],"node":"nosuch","state":"new"}}"""
            : asked++ < 3 ? """{"tail":false,"error":"job 'a' is on node 'nosuch', which this node does not reach","code":"refused"}"""
            : """{"tail":{"data":"YWxs","offset":3,"ended":true,"run":1}}""");
        await using var client = box.Client(options => options with { Time = new EagerTime() });

        var parts = await client.FollowOutputAsync("a", delays: Delays(), stop: Stop).ToListAsync(Stop);

        parts.Should().ContainSingle();
        _delays.Should().BeEmpty();
    }

    [Fact]
    public async Task An_unreachable_node_of_a_live_job_is_reported_once_and_asked_again()
    {
        var asked = 0;
        await using var box = new FakeBox(request => request.TryGetProperty("job", out _) ? Running
            : asked++ < 3 ? """{"tail":false,"error":"it is offline","code":"refused"}"""
            : """{"tail":{"data":"YWxs","offset":3,"ended":true,"run":1}}""");
        await using var client = box.Client(options => options with { Time = new EagerTime() });

        var parts = await client.FollowOutputAsync("a", delays: Delays(), stop: Stop).ToListAsync(Stop);

        parts.Should().ContainSingle();
        _delays.Should().Equal("it is offline");
    }

    [Theory]
    [InlineData("""{"job":false}""")]
    [InlineData("""{"job":{"id":"a","pool":"p","args":["x"],"node":"n","state":"running","active":true,"stdout":"/tmp/x"}}""")]
    public async Task An_error_that_does_not_pass_ends_it(string job)
    {
        await using var box = new FakeBox(request => request.TryGetProperty("job", out _)
            ? job
            : """{"tail":false,"error":"no such output","code":"refused"}""");
        await using var client = box.Client();

        await client.Awaiting(one => one.FollowOutputAsync("a", stop: Stop).ToListAsync(Stop).AsTask())
            .Should().ThrowAsync<MeeseeksRequestException>().WithMessage("no such output");
    }

    private static string Node(string caps) => $$$$"""{"nodes":{"n":{"online":true,"caps":[{{{{caps}}}}]}}}""";

    private static string Text(OutputPart part) => Encoding.UTF8.GetString(part.Data.Span);

    private DelayQueue Delays() => new(_delays);

    private sealed class DelayQueue(ConcurrentQueue<string> delays) : IProgress<string>
    {
        public void Report(string value) => delays.Enqueue(value);
    }

    /// <summary>A clock whose short timers are due at once.</summary>
    private sealed class EagerTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isShort = dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(2);
            return base.CreateTimer(callback, state, isShort ? TimeSpan.Zero : dueTime, period);
        }
    }
}
