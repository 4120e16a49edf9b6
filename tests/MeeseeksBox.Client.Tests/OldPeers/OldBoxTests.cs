using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Tests.OldPeers;

/// <summary>
/// The library with a legacy node (docs/SPECIFICATION.md#client-and-old-boxes): the client supplies the features that the node lacks.
/// </summary>
public sealed class OldBoxTests : IAsyncDisposable
{
    private readonly OldBox _box = OldBox.Start();
    private readonly MeeseeksClient _client;

    public OldBoxTests() => _client = new MeeseeksClient(new MeeseeksClientOptions
    {
        Address = "127.0.0.1",
        Port = _box.Port,
        Refresh = TimeSpan.FromMilliseconds(10),
    });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _box.DisposeAsync();
    }

    [Theory]
    [InlineData("2020-01")]
    [InlineData("2020-12")]
    [InlineData("2022-02")]
    public async Task Jobs_of_every_version_get_their_key_as_id(string version)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Recordings", version, "node1.state.json");
        var state = await File.ReadAllTextAsync(file, Stop);
        var ids = JsonElement.Parse(state).EnumerateObject().Select(job => job.Name).ToList();
        _box.Load(state);

        var all = await _client.GetAsync(JobSelection.All, Stop);
        var one = await _client.QueryAsync(ids[1], Stop);

        all.Select(job => job.Id).Should().Equal(ids);
        one!.Id.Should().Be(ids[1]);
        one.Spec.Tags.Should().Equal("t");
        (await _client.ListAsync(JobSelection.All.Where("tag", "t*"), Stop)).Should().Equal(ids[1]);
        (await _client.ListAsync(JobSelection.All.Where("state", "done", "failed"), Stop)).Should().HaveCountGreaterThan(3);
    }

    [Fact]
    public async Task A_query_uses_a_request_that_the_original_supports()
    {
        Put("a", "new");

        (await _client.QueryAsync("a", Stop))!.Id.Should().Be("a");
        (await _client.QueryAsync("nosuch", Stop)).Should().BeNull();
    }

    [Fact]
    public async Task Lists_and_patterns_are_matched_by_the_client()
    {
        Put("a1", "done", "x1");
        Put("a2", "failed", "x2");
        Put("b1", "new", "y");

        (await IdsAsync(JobSelection.All.Where("state", "done", "failed"))).Should().Equal("a1", "a2");
        (await IdsAsync(JobSelection.All.Where("tag", "x*"))).Should().Equal("a1", "a2");
        (await IdsAsync(JobSelection.All.Where("tag", "x1", "y"))).Should().Equal("a1", "b1");
        (await IdsAsync(JobSelection.Ids("a*"))).Should().Equal("a1", "a2");
        (await IdsAsync(JobSelection.Ids("a1", "b1").Where("tag", "y"))).Should().Equal("b1");
        (await IdsAsync(JobSelection.All.Where("state", "new").Where("pool", "p"))).Should().Equal("b1");
        (await IdsAsync(JobSelection.Ids())).Should().BeEmpty();
    }

    [Fact]
    public async Task Switches_match_in_their_loose_forms()
    {
        Put("a", "new");
        _box.Change("a", """{"hold":1}""");
        Put("b", "new");

        (await IdsAsync(JobSelection.All.With("hold", true))).Should().Equal("a");
        (await IdsAsync(JobSelection.All.Where("hold", "0"))).Should().Equal("b");
    }

    [Fact]
    public async Task A_tag_is_matched_although_the_node_fails_on_jobs_without_tags()
    {
        Put("a", "new", "x");
        _box.Change("b", """{"pool":"p","state":"new","node":"old"}""");

        (await IdsAsync(JobSelection.All.Where("tag", "x"))).Should().Equal("a");
    }

    [Fact]
    public async Task The_request_contains_the_conditions_that_the_node_supports()
    {
        Put("a", "done", "x");

        await IdsAsync(JobSelection.All.Where("pool", "p*").Where("tag", "x").Where("state", "done", "failed"));

        _box.Requests.Last().ToJsonString().Should().Be("""{"get":{"pool":"p*","tag":"x"}}""");
    }

    [Fact]
    public async Task A_kill_of_a_selection_sends_the_ids_of_the_matching_jobs()
    {
        Put("a", "running", "x");
        Put("b", "new", "y");
        Put("c", "done", "x");

        var killed = await _client.KillAsync(JobSelection.All.Where("state", "running", "new").Where("tag", "x*"), Stop);
        var none = await _client.KillAsync(JobSelection.All.Where("tag", "z*"), Stop);
        var all = await _client.KillAsync(JobSelection.All, Stop);

        killed.Keys.Should().Equal("a");
        none.Should().BeEmpty();
        all.Should().BeEmpty();
        _box.Read("a", "state").Should().Be("\"killed\"");
        _box.Read("b", "state").Should().Be("\"new\"");
        _box.Read("c", "state").Should().Be("\"done\"");
    }

    [Fact]
    public async Task The_answer_to_a_kill_of_one_id_may_hold_the_job_under_its_id()
    {
        Put("a", "running");

        (await _client.KillAsync("a", Stop))!.Status.State.Should().Be(JobState.Killed);
        (await _client.KillAsync("nosuch", Stop)).Should().BeNull();
    }

    [Fact]
    public async Task The_answer_to_a_kill_of_one_id_may_be_the_job_itself()
    {
        await using var box = new FakeBox(_ => """{"kill":{"id":"config","pool":"p","state":"killed","config":{"shell":true}}}""");
        await using var client = box.Client();

        (await client.KillAsync("config", Stop))!.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public async Task Tags_are_sent_as_a_list_under_the_key_tags()
    {
        await _client.SubmitAsync(new JsonObject { ["id"] = "a", ["pool"] = "p", ["args"] = new JsonArray("true"), ["tag"] = "x" }, Stop);
        await _client.SubmitAsync(new JsonObject { ["id"] = "a", ["tags"] = "y" }, Stop);

        _box.Requests.First()["submit"]!["tags"]!.ToJsonString().Should().Be("""["x"]""");
        _box.Requests.Should().OnlyContain(request => request["submit"]!["tag"] == null);
        _box.Read("a", "tags").Should().Be("""["y"]""");
    }

    [Theory]
    [InlineData("""["n1","n2"]""", 2)]
    [InlineData("\"o*\"", 1)]
    public async Task A_submit_to_several_nodes_is_sent_without_an_id(string nodes, int count)
    {
        var spec = new JsonObject { ["pool"] = "p", ["args"] = new JsonArray("true"), ["node"] = JsonNode.Parse(nodes) };
        var submitted = await _client.SubmitAsync(spec, Stop);

        submitted.Jobs.Should().HaveCount(count);
        _box.Requests.Last()["submit"]!["id"].Should().BeNull();
    }

    [Fact]
    public async Task WaitAsync_and_TrackAsync_return_the_ended_job()
    {
        _box.Submitted = _ => """{"state":"done","active":false,"rc":0,"node":"old"}""";

        var submitted = await _client.SubmitAsync(new NewJob("p", "true"), Stop);
        var job = await _client.WaitAsync(submitted.Job.Id, Stop);
        await using var tracked = await _client.TrackAsync(submitted.Job.Id, Stop);

        job!.Status.Rc.Should().Be(0);
        (await tracked!.Ended).Status.State.Should().Be(JobState.Done);
        (await _client.TrackAsync("nosuch", Stop)).Should().BeNull();
    }

    [Fact]
    public async Task Jobs_are_followed_by_a_pattern()
    {
        Put("a", "new", "watch=w/1");
        Put("b", "new", "other");
        await using var updates = _client.FollowAsync(JobSelection.All.Where("tag", "watch=*"), Stop).GetAsyncEnumerator(Stop);

        (await updates.MoveNextAsync()).Should().BeTrue();
        var first = updates.Current;
        _box.Change("b", """{"state":"done"}""");
        _box.Change("a", """{"state":"done"}""");
        (await updates.MoveNextAsync()).Should().BeTrue();

        first.Jobs.Select(job => job.Id).Should().Equal("a");
        updates.Current.Jobs.Should().ContainSingle().Which.Should().Match<Job>(job => job.Id == "a" && job.Status.State == JobState.Done);
    }

    [Fact]
    public async Task A_node_is_probed_once_for_the_original()
    {
        (await _client.IsLegacyPeerAsync(Stop)).Should().BeTrue();
        await IdsAsync(JobSelection.All.Where("tag", "x*"));
        await IdsAsync(JobSelection.All.Where("tag", "y*"));

        _box.Requests.Count(request => request.ContainsKey("nodes")).Should().Be(1);
    }

    [Fact]
    public async Task A_box_that_is_not_legacy_receives_the_selection_unchanged()
    {
        await using var box = new FakeBox(request =>
            request.TryGetProperty("nodes", out _) ? """{"nodes":{},"nodes_seq":4}""" : """{"ls":["a"]}""");
        await using var client = box.Client();

        (await client.ListAsync(JobSelection.All.Where("state", "done", "failed"), Stop)).Should().Equal("a");
        (await client.ListAsync(JobSelection.All.Where("state", "done"), Stop)).Should().Equal("a");

        box.Requests.Select(request => request.GetRawText()).Skip(1).Should()
            .Equal("""{"ls":{"state":["done","failed"]}}""", """{"ls":{"state":"done"}}""");
    }

    [Fact]
    public async Task A_job_whose_id_differs_from_its_key_is_rejected()
    {
        _box.Change("a", """{"id":"b","pool":"p","state":"new","node":"old","tags":[]}""");

        var read = () => _client.GetAsync(JobSelection.All, Stop);

        await read.Should().ThrowAsync<MeeseeksRequestException>().WithMessage("*'b'*");
    }

    private async Task<IEnumerable<string>> IdsAsync(JobSelection selection)
    {
        var ids = await _client.ListAsync(selection, Stop);
        (await _client.GetAsync(selection, Stop)).Select(job => job.Id).Should().Equal(ids);
        (await _client.GetRawAsync(selection, Stop)).EnumerateObject().Select(job => job.Name).Should().Equal(ids);
        return ids;
    }

    private void Put(string id, string state, params string[] tags)
    {
        var list = JsonSerializer.Serialize(tags);
        _box.Change(id, $$"""{"pool":"p","args":["true"],"node":"old","submit_node":"old","state":"{{state}}","tags":{{list}}}""");
    }
}
