using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Options of later versions of the original: <c>skip</c>, <c>partial</c>, <c>count</c>, names (docs/WATCH.md).</summary>
public sealed class WatchLaterTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    private static readonly object Sets = new { glob = new[] { "*.foo", "*.bar" }, split = ".", match = 2, skip = "out" };

    [Fact]
    public async Task A_set_is_skipped_while_its_skip_file_exists()
    {
        _ = Drop("1.0.out");
        _ = await AddAsync(Watch([Job("%(fileset)s")], Sets));
        _ = Drop("1.0.foo");
        _ = Drop("1.0.bar");
        _ = Drop("2.0.foo");
        _ = Drop("2.0.bar");
        await RunsAsync("2.0.foo 2.0.bar");

        File.Delete(Path.Combine(In, "1.0.out"));

        await RunsAsync("2.0.foo 2.0.bar", "1.0.foo 1.0.bar");
    }

    [Fact]
    public async Task A_set_is_skipped_while_a_folder_of_the_name_exists()
    {
        _ = await AddAsync(Watch([Job("%(fileset)s")], Sets));
        _ = Directory.CreateDirectory(Path.Combine(In, "1.0.out"));
        _ = Drop("1.0.foo");
        _ = Drop("1.0.bar");
        _ = Drop("2.0.foo");
        _ = Drop("2.0.bar");
        await RunsAsync("2.0.foo 2.0.bar");

        Directory.Delete(Path.Combine(In, "1.0.out"));

        await RunsAsync("2.0.foo 2.0.bar", "1.0.foo 1.0.bar");
    }

    [Fact]
    public async Task A_second_delivery_to_a_set_that_has_run_is_named_and_runs_nothing()
    {
        var log = await AddAsync(Watch([Job("%(fileset)s")], new { glob = new[] { "*.foo", "*.bar" }, split = ".", fileset = 2 }));
        _ = Drop("a.1.y.foo");
        _ = Drop("a.1.q.bar");
        await StatusAsync("a.1.y.foo", "done");

        _ = Drop("a.1.z.foo");
        await UntilAsync(() => log.Has("a.1.z.foo is not processed: the set a.1 is done with a.1.y.foo"), () => $"{log}");
        _ = Drop("b.1.y.foo");
        _ = Drop("b.1.q.bar");
        await StatusAsync("b.1.y.foo", "done");

        Runs.Should().Equal("a.1.y.foo a.1.q.bar", "b.1.y.foo b.1.q.bar");
    }

    [Fact]
    public async Task A_file_is_skipped_while_its_skip_file_exists()
    {
        _ = Drop("1.txt.out");
        _ = await AddAsync(
            Watch([Job("%(filename)s")], new { glob = "*.txt", split = ".", skip = new[] { "err", "out" } }));
        _ = Drop("1.txt");
        _ = Drop("2.txt");
        await RunsAsync("2.txt");

        File.Delete(Path.Combine(In, "1.txt.out"));

        await RunsAsync("2.txt", "1.txt");
    }

    [Fact]
    public async Task A_partial_set_runs_once_with_the_existing_files()
    {
        var watch = Watch([Job("%(fileset)s")], new { glob = new[] { "*.foo", "*.bar" }, split = ".", match = 2, partial = true });
        _ = await AddAsync(watch);
        _ = Drop("1.0.bar");
        _ = Drop("2.0.foo");
        await RunsAsync("2.0.foo");
        _ = Drop("2.0.bar");

        _ = Drop("1.0.foo");

        await RunsAsync("2.0.foo", "1.0.foo 1.0.bar");
    }

    [Fact]
    public async Task Dry_run_lists_skipped_files()
    {
        _ = Drop("1.0.foo");
        _ = Drop("1.0.bar");
        _ = Drop("1.0.out");

        var (status, output, _) = await WatchProgram.RunAsync("dry_run=1", Watch([Job("x")], Sets));

        status.Should().Be(0);
        output.Should().Contain($"{WatchName}: 1.0.foo: nothing: its fileset is skipped while '1.0.out' exists\n");
    }

    [Fact]
    public async Task A_watch_without_globs_ends_after_its_rounds_and_the_program_with_it()
    {
        var watch = Alone("s", 2, Job("a"), Job("b", "sleep 0.3"));

        (await RunAsync(watch)).ExitStatus.Should().Be(0);

        Runs.Order().Should().Equal("a", "a", "b", "b");
    }

    [Fact]
    public async Task A_round_with_a_failed_job_does_not_count_and_the_exit_status_is_1()
    {
        (await RunAsync(Alone("s", 1, Job("a"), Job("b", $"test $(wc -l < {Scratch}/runs) -gt 2")))).ExitStatus.Should().Be(1);

        Runs.Order().Should().Equal("a", "a", "b", "b");
    }

    [Fact]
    public async Task A_watch_of_files_ends_after_its_rounds()
    {
        _ = Drop("1");
        _ = Drop("2");

        (await RunAsync(Watch([Job("%(filename)s")], new { count = 1 }))).ExitStatus.Should().Be(0);

        Runs.Order().Should().Equal("1", "2");
        File.Exists(Status("1", "done")).Should().BeTrue();
        File.Exists(Status("2", "done")).Should().BeTrue();
    }

    [Fact]
    public async Task A_watch_of_files_without_work_waits_for_a_round()
    {
        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s")], new { count = 2 }));
        _ = Drop("1");
        await StatusAsync("1", "done");
        await UntilAsync(() => watcher.Log.Has("round 1 of 2 is done"), () => $"{watcher.Log}");

        _ = Drop("2");

        (await watcher.WaitForExitAsync()).Should().Be(0);
        Runs.Should().Equal("1", "2");
    }

    [Fact]
    public async Task The_program_ends_when_all_its_watches_have()
    {
        await using var watcher = await StartAndWaitAsync(Alone("s", 1, Job("s")), Watch([Job("%(filename)s")], new { count = 1 }));
        await RunsAsync("s");
        await UntilAsync(() => watcher.Log.Has("round 1 of 1 is done"), () => $"{watcher.Log}");
        _ = Drop("1");

        (await watcher.WaitForExitAsync()).Should().Be(0);
        Runs.Should().Equal("s", "1");
    }

    [Fact]
    public async Task A_watch_that_has_ended_restarts_with_another_configuration()
    {
        var file = Path.Combine(Scratch, "watch.cfg");
        await File.WriteAllTextAsync(file, Config("first"), TestContext.Current.CancellationToken);
        await using var watcher = Start(file, Watch([Job("%(filename)s")]));
        await RunsAsync("first");
        await UntilAsync(() => watcher.Log.Has("round 1 of 1 is done"), () => $"{watcher.Log}");
        await File.WriteAllTextAsync(file, Config("second"), TestContext.Current.CancellationToken);

        watcher.Send(1);

        await RunsAsync("first", "second");

        string Config(string words) =>
            JsonSerializer.Serialize(new { watch = new { s = new { count = 1, refresh = 0.1, jobs = new[] { Job(words) } } } });
    }

    [Fact]
    public async Task Names_are_those_of_later_versions_and_files_that_one_has_processed_do_not_run_again()
    {
        _ = Drop("a");
        _ = Drop("a_b.txt");
        var name = $"{Name}_t_01";
        await File.WriteAllTextAsync(Status("a_b.txt", "done", watch: name), "{}", TestContext.Current.CancellationToken);
        var jobspec = Job("%(name)s", more: new { id = Name + "-%(name)s_%(index)s_%(filename)s", tags = new[] { "%(name)s" } });
        var template = JsonSerializer.Serialize(new { t = new { glob = "*", jobs = new[] { jobspec } } });

        (await RunAsync("once=1", $"template={template}", "defaults.template=t,", $"watch.01.path={In}")).ExitStatus.Should().Be(0);

        Runs.Should().Equal(name);
        var job = JsonElement.Parse(await File.ReadAllTextAsync(Status("a", "done", watch: name), TestContext.Current.CancellationToken));
        job.Text("id").Should().Be($"{Name}-{name}_0_a");
        job.Texts("tags")[0].Should().Be(name);
    }

    private static string Alone(string name, int count, params object[] jobs) =>
        $"watch.{name}={JsonSerializer.Serialize(new { count, refresh = 0.1, jobs })}";

    private Task<(int ExitStatus, string Output, string Errors)> RunAsync(params string[] words) =>
        WatchProgram.RunAsync(["client.address=127.0.0.1", $"client.port={Box.Port}", "client.refresh=0.05", $"name={Name}", .. words]);
}
