using System.Collections.Concurrent;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests.Following;

/// <summary>Following jobs, at a box that can wait and at an old peer.</summary>
public sealed class FollowTests
{
    private readonly ConcurrentDictionary<string, string> _jobs = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_old_peer_is_asked_for_all_and_only_changes_are_told()
    {
        Put("a", "new", 1);
        Put("b", "new", 2);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        await using var news = client.FollowAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);

        var first = await Next(news);
        Put("b", "running", 3);
        var second = await Next(news);
        _jobs.TryRemove("a", out _);
        var third = await Next(news);

        first.Should().Be("whole: a new, b new");
        second.Should().Be("b running");
        third.Should().Be("whole: b running");
        box.Requests.Count(request => request.TryGetProperty("wait", out _)).Should().Be(0);
        box.Requests.First().GetProperty("get").GetProperty("seq").GetInt64().Should().Be(0);
        box.Requests.Skip(1).Should().OnlyContain(request => request.GetRawText() == """{"get":{}}""");
    }

    [Fact]
    public async Task An_old_peer_is_not_told_of_when_nothing_changes()
    {
        Put("a", "new", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        await using var news = client.FollowAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);
        _ = await Next(news);
        var next = Next(news);

        await Wait.Until(() => box.Requests.Count > 5, () => $"{box.Requests.Count} requests", Stop);

        next.IsCompleted.Should().BeFalse();
        Put("a", "done", 2);
        (await next).Should().Be("a done");
    }

    [Fact]
    public async Task A_box_that_can_wait_is_asked_once_and_tells_by_itself()
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
        await using var news = client.FollowAsync(JobSelection.Ids("a"), Stop).GetAsyncEnumerator(Stop);

        var first = await Next(news);
        var waiting = Next(news);
        await Wait.Until(() => box.Requests.Count is 2, () => $"{box.Requests.Count} requests", Stop);
        change.SetResult();

        first.Should().Be("whole: a new");
        (await waiting).Should().Be("a done");
        var held = box.Requests.ElementAt(1);
        held.GetProperty("get").GetRawText().Should().Be("""{"ids":["a"],"seq":7}""");
        held.GetProperty("wait").GetDouble().Should().BeGreaterThan(0);
        held.GetProperty("options").GetProperty("unassigned").GetBoolean().Should().BeTrue();
        change.TrySetResult();
    }

    [Fact]
    public async Task After_a_cut_all_is_told_anew_from_seq_0()
    {
        var never = new TaskCompletionSource<string?>();
        await using var box = new FakeBox(request =>
            request.TryGetProperty("wait", out _) ? never.Task : Task.FromResult<string?>("""{"get":{"a":{"id":"a","pool":"p","state":"new"}},"seq":7}"""));
        await using var client = box.Client();
        await using var news = client.FollowAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);
        _ = await Next(news);
        var again = Next(news);
        await Wait.Until(() => box.Requests.Count is 2, () => $"{box.Requests.Count} requests", Stop);

        box.Cut();
        never.SetResult(null);

        (await again).Should().Be("whole: a new");
        box.Requests.ElementAt(2).GetProperty("get").GetProperty("seq").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task Waiting_ends_when_all_have_ended_and_one_that_is_not_known_is_null()
    {
        Put("a", "running", 1);
        await using var box = new FakeBox(OldPeer);
        await using var client = box.Client();
        var waiting = client.WaitAsync(["a", "nosuch"], stop: Stop);
        await Wait.Until(() => box.Requests.Count > 3, () => $"{box.Requests.Count} requests", Stop);

        Put("a", "failed", 2);

        var ends = await waiting;
        ends["a"]!.State.Should().Be(JobState.Failed);
        ends["nosuch"].Should().BeNull();
        box.Requests.Last().GetRawText().Should().Be("""{"get":{"ids":["a"]}}""", "what has ended is not asked for again");
    }

    [Fact]
    public async Task Waiting_ends_for_a_job_that_went_away_while_the_box_was()
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
    public async Task A_wait_that_is_cancelled_ends_at_once()
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
    public async Task Live_jobs_share_one_connection_and_a_new_one_does_not_wait_for_the_next_look()
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

        (await one!.Ended).State.Should().Be(JobState.Done);
        (await other!.Ended).State.Should().Be(JobState.Done);
        box.Connections.Should().Be(2, "one for requests and one to follow");
    }

    private static async Task<string> Next(IAsyncEnumerator<JobUpdate> news)
    {
        (await news.MoveNextAsync()).Should().BeTrue();
        var jobs = string.Join(", ", news.Current.Jobs.OrderBy(job => job.Id).Select(job => $"{job.Id} {JobStates.Word(job.State)}"));
        return news.Current.IsSnapshot ? $"whole: {jobs}" : jobs;
    }

    private void Put(string id, string state, int seq) =>
        _jobs[id] = $$"""{"id":"{{id}}","pool":"p","state":"{{state}}","seq":{{seq}},"ts":{{seq}}}""";

    // Knows get with ids and job; ignores what it does not know, as old peers do.
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
