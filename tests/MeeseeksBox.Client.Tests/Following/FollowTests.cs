using System.Collections.Concurrent;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests.Following;

/// <summary>Following jobs of a box with long polls, and of a legacy node.</summary>
public sealed class FollowTests
{
    private readonly ConcurrentDictionary<string, string> _jobs = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_legacy_node_is_polled_for_all_jobs_and_only_changes_are_reported()
    {
        Put("a", "new", 1);
        Put("b", "new", 2);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        await using var updates = client.FollowAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);

        var first = await Next(updates);
        Put("b", "running", 3);
        var second = await Next(updates);
        _jobs.TryRemove("a", out _);
        var third = await Next(updates);

        first.Should().Be("all: a new, b new");
        second.Should().Be("b running");
        third.Should().Be("all: b running");
        box.Requests.Count(request => request.TryGetProperty("wait", out _)).Should().Be(0);
        box.Requests.First().GetProperty("get").GetProperty("seq").GetInt64().Should().Be(0);
        box.Requests.Skip(1).Should().OnlyContain(request => request.GetRawText() == """{"get":{}}""");
    }

    [Fact]
    public async Task A_legacy_node_without_changes_causes_no_update()
    {
        Put("a", "new", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        await using var updates = client.FollowAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);
        _ = await Next(updates);
        var next = Next(updates);

        await Wait.Until(() => box.Requests.Count > 5, () => $"{box.Requests.Count} requests", Stop);

        next.IsCompleted.Should().BeFalse();
        Put("a", "done", 2);
        (await next).Should().Be("a done");
    }

    [Fact]
    public async Task A_long_poll_returns_at_a_change()
    {
        var change = new TaskCompletionSource();
        Put("a", "new", 7);
        await using var box = new FakeBox(async request =>
        {
            if (!request.TryGetProperty("wait", out _))
                return """{"get":{"a":{"id":"a","pool":"p","state":"new"}},"seq":7}""";
            await change.Task;
            change = new TaskCompletionSource();
            return """{"get":{"a":{"id":"a","pool":"p","state":"done"}},"seq":9}""";
        });
        await using var client = box.Client();
        await using var updates = client.FollowAsync(JobSelection.Ids("a"), Stop).GetAsyncEnumerator(Stop);

        var first = await Next(updates);
        var waiting = Next(updates);
        await Wait.Until(() => box.Requests.Count is 2, () => $"{box.Requests.Count} requests", Stop);
        change.SetResult();

        first.Should().Be("all: a new");
        (await waiting).Should().Be("a done");
        var held = box.Requests.ElementAt(1);
        held.GetProperty("get").GetRawText().Should().Be("""{"ids":["a"],"seq":7}""");
        held.GetProperty("wait").GetDouble().Should().BeGreaterThan(0);
        held.GetProperty("options").GetProperty("unassigned").GetBoolean().Should().BeTrue();
        change.TrySetResult();
    }

    [Fact]
    public async Task After_a_lost_connection_all_jobs_are_reported_from_seq_0()
    {
        var never = new TaskCompletionSource<string?>();
        await using var box = new FakeBox(request =>
            request.TryGetProperty("wait", out _)
                ? never.Task
                : Task.FromResult<string?>("""{"get":{"a":{"id":"a","pool":"p","state":"new"}},"seq":7}"""));
        await using var client = box.Client();
        await using var updates = client.FollowAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);
        _ = await Next(updates);
        var again = Next(updates);
        await Wait.Until(() => box.Requests.Count is 2, () => $"{box.Requests.Count} requests", Stop);

        box.Cut();
        never.SetResult(null);

        (await again).Should().Be("all: a new");
        box.Requests.ElementAt(2).GetProperty("get").GetProperty("seq").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task A_wait_ends_when_all_jobs_have_ended_and_returns_null_for_an_unknown_id()
    {
        Put("a", "running", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        var waiting = client.WaitAsync(["a", "nosuch"], stop: Stop);
        await Wait.Until(() => box.Requests.Count > 3, () => $"{box.Requests.Count} requests", Stop);

        Put("a", "failed", 2);

        var ends = await waiting;
        ends["a"]!.Status.State.Should().Be(JobState.Failed);
        ends["nosuch"].Should().BeNull();
        box.Requests.Last().GetRawText().Should().Be("""{"get":{"ids":["a"]}}""", "ended jobs are not requested again");
    }

    [Fact]
    public async Task A_wait_ends_for_a_job_that_was_removed()
    {
        Put("a", "running", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        var waiting = client.WaitAsync("a", Stop);
        await Wait.Until(() => box.Requests.Count > 2, () => $"{box.Requests.Count} requests", Stop);

        _jobs.Clear();

        (await waiting).Should().BeNull();
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once()
    {
        Put("a", "running", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client(options => options with { Refresh = TimeSpan.FromHours(1) });
        using var cancel = new CancellationTokenSource();
        var waiting = client.WaitAsync("a", cancel.Token);
        await Wait.Until(() => box.Requests.Count is 2, () => $"{box.Requests.Count} requests", Stop);

        await cancel.CancelAsync();

        var wait = () => waiting;
        await wait.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Tracked_jobs_share_one_connection_and_a_new_one_does_not_wait_for_the_next_poll()
    {
        Put("a", "running", 1);
        Put("b", "running", 2);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client(options => options with { Refresh = TimeSpan.FromHours(1) });
        await using var one = await client.TrackAsync("a", Stop);
        await using var other = await client.TrackAsync("b", Stop);
        Put("a", "done", 3);
        Put("b", "done", 4);

        await using var third = await client.TrackAsync("a", Stop);

        (await one!.Ended).Status.State.Should().Be(JobState.Done);
        (await other!.Ended).Status.State.Should().Be(JobState.Done);
        box.Connections.Should().Be(2, "one carries requests and one follows");
    }

    [Fact]
    public async Task A_subscriber_that_fails_ends_the_tracking_of_its_job_only()
    {
        Put("a", "new", 1);
        Put("b", "new", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        await using var failing = await client.TrackAsync("a", Stop);
        await using var other = await client.TrackAsync("b", Stop);
        failing!.Changed += _ => throw new InvalidOperationException("bug of the subscriber");

        Put("a", "running", 2);
        var ended = () => failing.Ended;
        await ended.Should().ThrowAsync<InvalidOperationException>().WithMessage("bug of the subscriber");
        Put("b", "done", 3);

        (await other!.Ended).Status.State.Should().Be(JobState.Done);
    }

    private static async Task<string> Next(IAsyncEnumerator<JobUpdate> updates)
    {
        (await updates.MoveNextAsync()).Should().BeTrue();
        var states = updates.Current.Jobs.OrderBy(job => job.Id).Select(job => $"{job.Id} {JobStates.Word(job.Status.State)}");
        var jobs = string.Join(", ", states);
        return updates.Current.IsSnapshot ? $"all: {jobs}" : jobs;
    }

    private void Put(string id, string state, int seq) =>
        _jobs[id] = $$"""{"id":"{{id}}","pool":"p","state":"{{state}}","seq":{{seq}},"ts":{{seq}}}""";

    // Supports job, and get with ids; ignores all other keys, as legacy nodes do.
    private string OldPeer(JsonElement request)
    {
        if (request.TryGetProperty("job", out var id))
            return $$"""{"job":{{_jobs.GetValueOrDefault(id.GetString()!, "false")}}}""";

        var filter = request.GetProperty("get");
        var ids = filter.TryGetProperty("ids", out var some) ? some.EnumerateArray().Select(one => one.GetString()).ToArray() : null;
        var jobs = _jobs.Where(job => ids is null || ids.Contains(job.Key)).Select(job => $"\"{job.Key}\":{job.Value}");
        return $$"""{"get":{{{string.Join(',', jobs)}} } }""";
    }
}
