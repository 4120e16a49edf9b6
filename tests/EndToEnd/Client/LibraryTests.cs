using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The client library with a real box.</summary>
public sealed class LibraryTests(SharedBox shared) : SharedBoxTests(shared), IAsyncLifetime
{
    private MeeseeksClient _client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _client = await MeeseeksClient.ConnectAsync(new MeeseeksClientOptions { Port = Box.Port }, Stop);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task WaitAsync_returns_the_ended_job()
    {
        var submitted = await _client.SubmitAsync(new NewJob("p", Some.Shell("echo hello; exit 3")) { Tags = ["a"] }, Stop);

        var job = await _client.WaitAsync(submitted.Job.Id, Stop);

        job!.Status.State.Should().Be(JobState.Failed);
        job.Status.Rc.Should().Be(3);
        job.Spec.Tags.Should().Equal("a");
    }

    [Fact]
    public async Task Every_key_of_a_new_job_reaches_the_box()
    {
        var submitted = await _client.SubmitAsync(
            new NewJob("p", "true")
            {
                Id = Some.Id(),
                Nodes = ["n1"],
                Stdin = "/dev/null",
                Stdout = "/dev/null",
                Stderr = "/dev/null",
                Runtime = TimeSpan.FromSeconds(7),
                Hold = true,
                Restart = true,
                Resubmit = true,
                Retries = 4,
                Tags = ["a", "b"],
                Environment = new Dictionary<string, string> { ["A"] = "1" },
                Cwd = "/",
                Config = System.Text.Json.JsonElement.Parse("""{"shell":false}"""),
            },
            Stop);

        submitted.Warnings.Should().BeEmpty();
        submitted.Job.Should().BeEquivalentTo(
            new
            {
                Spec = new
                {
                    Pool = "p",
                    Args = new[] { "true" },
                    Stdin = "/dev/null",
                    Stdout = "/dev/null",
                    Stderr = "/dev/null",
                    Runtime = 7.0,
                    Hold = true,
                    Restart = true,
                    Resubmit = true,
                    Retries = 4,
                    Tags = new[] { "a", "b" },
                    Cwd = "/",
                },
                Status = new
                {
                    Node = "n1",
                },
            });
        submitted.Job.Spec.Env.Should().Contain("A", "1");
        submitted.Job.Spec.Config!.Value.GetRawText().Should().Be("""{"shell":false}""");
    }

    [Fact]
    public async Task Jobs_are_queried_changed_and_killed()
    {
        var (one, tag) = (Some.Id(), Some.Id());
        await _client.SubmitAsync(new NewJob("p", Some.Sleep) { Id = one, Tags = [tag], Hold = true }, Stop);

        (await _client.QueryAsync(one, Stop))!.Spec.Hold.Should().BeTrue();
        (await _client.QueryAsync("nosuch", Stop)).Should().BeNull();
        (await _client.ListAsync(JobSelection.All.Where("tag", tag), Stop)).Should().Equal(one);
        (await _client.GetAsync(JobSelection.Ids(one, "nosuch"), Stop)).Should().ContainSingle(job => job.Id == one);
        (await _client.SubmitAsync(new JsonObject { ["id"] = one, ["runtime"] = 9 }, Stop)).Job.Spec.Runtime.Should().Be(9);
        (await _client.ModifyAsync(one, new JsonObject { ["note"] = "x" }, Stop))!.Extra.Should().ContainKey("note");
        (await _client.KillAsync(JobSelection.Ids(one, "nosuch"), Stop)).Should().ContainKeys(one, "nosuch");
        (await _client.KillAsync(one, Stop))!.Status.State.Should().Be(JobState.Killed);
        (await _client.KillAsync("nosuch", Stop)).Should().BeNull();
    }

    [Fact]
    public async Task Nodes_pools_and_configuration_are_returned()
    {
        (await _client.NodesAsync(Stop))["n1"].Online.Should().BeTrue();
        (await _client.PoolsAsync(Stop))["p"]["n1"].Limit.Should().BeNull();
        (await _client.PoolsAsync(Stop))["one"]["n1"].Limit.Should().BeInRange(0, 1);
        (await _client.ConfigAsync(stop: Stop)).GetProperty("name").GetString().Should().Be("n1");
        (await _client.RequestAsync("""[{"ls":{"ids":[]}}]""", Stop)).GetRawText().Should().Be("""[{"ls":[]}]""");
    }

    [Fact]
    public async Task A_rejected_request_is_an_exception_with_the_error_of_the_box()
    {
        var submit = () => _client.SubmitAsync(new JsonObject { ["args"] = new JsonArray("true") }, Stop);
        var settings = new JsonObject { ["pools"] = new JsonObject { ["p"] = new JsonObject { ["slots"] = "two" } } };
        var config = () => _client.ConfigAsync(settings, Stop);

        (await submit.Should().ThrowAsync<MeeseeksRequestException>()).Which.Should().Match<MeeseeksRequestException>(
            problem => problem.Code == "refused" && problem.Message.StartsWith("pool: "));
        (await config.Should().ThrowAsync<MeeseeksRequestException>()).WithMessage("*'two' is not a whole number*");
    }

    [Fact]
    public async Task A_job_is_followed_from_new_to_done()
    {
        var id = Some.Id();
        await _client.SubmitAsync(new NewJob("p", "true") { Id = id, Hold = true }, Stop);
        var seen = new List<JobState>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        await foreach (var update in _client.FollowAsync(JobSelection.Ids(id), enough.Token))
        {
            seen.AddRange(update.Jobs.Select(job => job.Status.State));
            if (seen is [JobState.New])
                await _client.SubmitAsync(new JsonObject { ["id"] = id, ["hold"] = false }, Stop);
            if (update.Jobs.Any(job => job.HasEnded))
                break;
        }

        seen.Should().StartWith(JobState.New).And.EndWith(JobState.Done);
    }

    [Fact]
    public async Task A_tracked_job_is_updated_and_completes_at_its_end()
    {
        var (first, second) = (Some.Id(), Some.Id());
        await _client.SubmitAsync(new NewJob("p", Some.Sleep) { Id = first }, Stop);
        await _client.SubmitAsync(new NewJob("p", "true") { Id = second, Hold = true }, Stop);
        await using var one = await _client.TrackAsync(first, Stop);
        await using var other = await _client.TrackAsync(second, Stop);

        await Wait.Until(() => one!.Current.Status.State is JobState.Running, () => one!.Current.ToString(), Stop);
        await one!.KillAsync(Stop);
        await other!.ChangeAsync(new JsonObject { ["hold"] = false }, Stop);

        (await one.Ended).Status.State.Should().Be(JobState.Killed);
        (await other.Ended).Status.State.Should().Be(JobState.Done);
        (await _client.TrackAsync("nosuch", Stop)).Should().BeNull();
    }

    [Fact]
    public async Task Thousands_of_requests_share_a_connection()
    {
        var tag = Some.Id();

        await Task.WhenAll(Enumerable.Range(0, 3000)
            .Select(_ => _client.SubmitAsync(new NewJob("p", "true") { Hold = true, Tags = [tag] }, Stop)));

        (await _client.ListAsync(JobSelection.All.Where("tag", tag), Stop)).Should().HaveCount(3000);
        (await _client.KillAsync(JobSelection.All.Where("tag", tag), Stop)).Should().HaveCount(3000);
    }
}
