using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>The watcher with a legacy box (docs/WATCH.md#at-a-box-of-the-original).</summary>
public sealed class WatchAtOriginalTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();
    private readonly string _name = Some.Id();

    private string In => Directory.CreateDirectory(_scratch.File("in")).FullName;

    [Fact]
    public async Task Once_ends_with_1_when_a_job_failed()
    {
        await using var box = OriginalBox.Start(_ =>
            OriginalBox.Life(OriginalBox.Assigned, OriginalBox.Running, OriginalBox.Ended("failed", failures: 1, rc: 3)));
        Drop("a");

        (await OnceAsync(box, Watch())).ExitStatus.Should().Be(1);

        Files().Should().BeEquivalentTo("a", "._w_0_a.failed");
    }

    [Fact]
    public async Task Once_ends_with_0_when_the_jobs_are_done_and_requests_name_exact_tags_and_ids()
    {
        await using var box = OriginalBox.Start();
        Drop("a", "b");

        (await OnceAsync(box, Watch("""{"tag":"mine"}"""))).ExitStatus.Should().Be(0);

        Files().Should().BeEquivalentTo("a", "b", "._w_0_a.done", "._w_0_b.done");
        box.Submitted.Select(spec => spec["tags"]!.ToJsonString()).Should().HaveCount(2)
            .And.OnlyContain(tags => tags.StartsWith("[\"mine\",\"watch=" + _name + "/w\"", StringComparison.Ordinal));
        var filters = box.Requests.Select(line => JsonElement.Parse(line)[0].Find("get")).OfType<JsonElement>().ToList();
        filters.Select(filter => filter.Text("tag")).Where(tag => tag.Length > 0).Distinct().Should().Equal($"watch={_name}/w");
        filters.SelectMany(filter => filter.Texts("ids")).Should().NotContain(id => id.EndsWith('*'));
        box.Requests.Should().NotContain(line => line.Contains("\"query\"") || line.Contains("\"wait\""));
    }

    [Fact]
    public async Task A_job_that_waits_for_a_node_is_not_submitted_again()
    {
        await using var box = OriginalBox.Start(_ =>
            OriginalBox.Life([.. Enumerable.Repeat("{}", 20), OriginalBox.Assigned, OriginalBox.Running, OriginalBox.Ended("done")]));
        Drop("a");

        var (status, _, errors) = await OnceAsync(box, Watch());

        status.Should().Be(0, errors);
        errors.Should().NotContain("is missing in the box");
        box.Submitted.Should().ContainSingle();
    }

    [Fact]
    public async Task A_failure_that_the_box_is_about_to_retry_is_no_result()
    {
        var (failed, again) = (OriginalBox.Ended("failed", failures: 1, rc: 1), """{"state":"new","active":true}""");
        await using var box = OriginalBox.Start(
            _ => OriginalBox.Life(
                OriginalBox.Assigned,
                OriginalBox.Running,
                failed,
                failed,
                again,
                OriginalBox.Running,
                OriginalBox.Ended("done", failures: 1)));
        Drop("a");

        (await OnceAsync(box, Watch("""{"retries":1}"""))).ExitStatus.Should().Be(0);

        Files().Should().BeEquivalentTo("a", "._w_0_a.done");
        box.Submitted.Should().ContainSingle();
    }

    [Fact]
    public async Task Jobs_for_several_nodes_are_submitted_one_by_one()
    {
        await using var box = OriginalBox.Start(null, 0, "n1", "n2", "other");
        Drop("a");

        (await OnceAsync(box, Watch("""{"node":"n*","id":"i-%(filename)s"}"""))).ExitStatus.Should().Be(0);

        box.Submitted.Select(spec => (spec["id"]!.ToString(), spec["node"]!.ToString()))
            .Should().BeEquivalentTo([("i-a.n1", "n1"), ("i-a.n2", "n2")]);
        var result = await File.ReadAllTextAsync(Path.Combine(In, "._w_0_a.done"), TestContext.Current.CancellationToken);
        JsonNode.Parse(result)!.AsObject().Select(job => job.Key).Should().BeEquivalentTo("i-a.n1", "i-a.n2");
    }

    [Fact]
    public async Task A_pattern_without_a_matching_node_is_an_error()
    {
        await using var box = OriginalBox.Start();
        Drop("a");

        var (status, _, errors) = await OnceAsync(box, Watch("""{"node":"x*"}"""));

        status.Should().Be(1);
        errors.Should().Contain("no node that matches 'x*' has the pool 'p1'");
    }

    [Fact]
    public async Task A_restarted_watcher_resumes_its_jobs()
    {
        var isOver = false;
        await using var box = OriginalBox.Start(_ => Until(() => isOver));
        Drop("a");
        await using (var first = RunningWatcher.Start(box.Port, $"name={_name}", Watch()))
        {
            await Wait.Until(() => box.Submitted.Count == 1, () => $"{first.Log}", TestContext.Current.CancellationToken);
            await first.CrashAsync();
        }

        isOver = true;
        (await OnceAsync(box, Watch())).ExitStatus.Should().Be(0);

        box.Submitted.Should().ContainSingle();
        Files().Should().BeEquivalentTo("a", "._w_0_a.done");
    }

    [Fact]
    public async Task A_job_that_the_box_has_lost_is_submitted_again()
    {
        var isOver = false;
        await using var box = OriginalBox.Start(_ => Until(() => isOver));
        Drop("a");
        await using var watcher = RunningWatcher.Start(box.Port, $"name={_name}", Watch());
        await Wait.Until(() => box.Submitted.Count == 1, () => $"{watcher.Log}", TestContext.Current.CancellationToken);
        isOver = true;

        box.Forget(_ => true);

        await Wait.Until(() => File.Exists(Path.Combine(In, "._w_0_a.done")), () =>
            $"{watcher.Log}", TestContext.Current.CancellationToken);
        box.Submitted.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_stop_kills_the_jobs_and_leaves_no_result()
    {
        await using var box = OriginalBox.Start(_ => OriginalBox.Life(OriginalBox.Assigned, OriginalBox.Running));
        Drop("a");
        await using var watcher = RunningWatcher.Start(box.Port, $"name={_name}", Watch());
        await Wait.Until(() => watcher.Log.Has("submitted for a"), () => $"{watcher.Log}", TestContext.Current.CancellationToken);
        await Wait.Until(() => box.Submitted.Count == 1, () => $"{watcher.Log}", TestContext.Current.CancellationToken);

        (await watcher.StopAsync()).Should().Be(0);

        Files().Should().Equal("a");
        watcher.Log.Has("not stopped in time").Should().BeFalse($"{watcher.Log}");
    }

    [Fact]
    public async Task A_stop_kills_a_job_with_a_pending_submit()
    {
        var hold = new TaskCompletionSource();
        await using var box = OriginalBox.Start(_ => OriginalBox.Life(OriginalBox.Assigned, OriginalBox.Running));
        box.Hold = hold.Task;
        Drop("a");
        await using var watcher = RunningWatcher.Start(box.Port, $"name={_name}", Watch());
        await Wait.Until(() => box.Submitted.Count == 1, () => $"{watcher.Log}", TestContext.Current.CancellationToken);
        watcher.Send(Signal.Terminate);
        await Wait.Until(() => watcher.Log.Has("stopping"), () => $"{watcher.Log}", TestContext.Current.CancellationToken);

        hold.SetResult();

        (await watcher.WaitForExitAsync()).Should().Be(0);
        watcher.Log.Has("not stopped in time").Should().BeFalse($"{watcher.Log}");
        box.Requests.Should().Contain(line => line.Contains("\"kill\""));
    }

    [Fact]
    public async Task The_watcher_continues_when_a_box_replaces_a_legacy_box_and_the_reverse()
    {
        int port;
        RunningWatcher watcher;
        await using (var box = OriginalBox.Start())
        {
            port = box.Port;
            watcher = RunningWatcher.Start(port, $"name={_name}", Watch());
            await ProcessAsync(watcher, "a");
        }

        await using (watcher)
        {
            await using (var ours = await RunningBox.StartAsync($"listen.port={port}", "pools.p1.slots=1"))
                await ProcessAsync(watcher, "b");
            await using var again = OriginalBox.Start(null, port);
            await ProcessAsync(watcher, "c");

            Files().Should().BeEquivalentTo("a", "b", "c", "._w_0_a.done", "._w_0_b.done", "._w_0_c.done");

            // The mark of b may come as late as here: a submit without a pool, for an id that this box does not know.
            again.Submitted.Should().ContainSingle(spec => spec.ContainsKey("pool"));
            again.Submitted.Where(spec => !spec.ContainsKey("pool")).Select(spec => spec["id"]!.ToString())
                .Distinct().Should().BeSubsetOf([IdOf("b")]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static IEnumerable<JsonObject> Until(Func<bool> isOver)
    {
        // Each get consumes one state, and the states are read at the submit: 30 are enough for a test.
        var waiting = Enumerable.Repeat("{}", isOver() ? 0 : 30);
        return OriginalBox.Life([OriginalBox.Assigned, OriginalBox.Running, .. waiting, OriginalBox.Ended("done")]);
    }

    private async Task ProcessAsync(RunningWatcher watcher, string name)
    {
        Drop(name);
        await Wait.Until(
            () => File.Exists(Path.Combine(In, $"._w_0_{name}.done")), () => $"{watcher.Log}", TestContext.Current.CancellationToken);
    }

    private void Drop(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(Path.Combine(In, name), "x");
    }

    // The id of the job that wrote a result.
    private string IdOf(string name) => JsonElement.Parse(File.ReadAllText(Path.Combine(In, $"._w_0_{name}.done"))).Text("id");

    // Without the lock of a running watcher.
    private string[] Files() => [.. Directory.GetFiles(In).Select(file => Path.GetFileName(file)).Where(name => name != "._w_0_.lock")];

    private string Watch(string more = "{}")
    {
        var job = JsonNode.Parse("""{"pool":"p1","args":["cat","%(file)s"]}""")!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(more)!.AsObject())
            job[key] = value?.DeepClone();
        var watch = new JsonObject { ["path"] = In, ["glob"] = "*", ["refresh"] = 0.05, ["jobs"] = new JsonArray(job) };
        return "watch.w=" + watch.ToJsonString();
    }

    private Task<(int ExitStatus, string Output, string Errors)> OnceAsync(OriginalBox box, string watch) =>
        WatchProgram.RunAsync(
            "client.address=127.0.0.1", $"client.port={box.Port}", "client.refresh=0.02", $"name={_name}", "once=1", watch);
}
