using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>
/// <c>once</c>, <c>lock</c>, <c>dry_run</c>, <c>--check</c>, and a failed start (docs/SPECIFICATION.md#run-once).
/// </summary>
public sealed class WatchOnceTests(SharedBox shared) : WatchTests(shared)
{
    [Fact]
    public async Task Once_submits_the_due_jobs_waits_for_them_and_ends_with_0_and_a_second_one_submits_nothing()
    {
        _ = Drop("1");
        _ = Drop("2");
        var watch = Watch([Job("0 %(filename)s"), Job("1 %(filename)s")]);

        var (status, _, errors) = await OnceAsync(watch);
        var isDone = File.Exists(Status("1", "done", index: 1));
        var second = await OnceAsync(watch);

        status.Should().Be(0, errors);
        isDone.Should().BeTrue();
        second.ExitStatus.Should().Be(0);
        Runs.Order().Should().Equal("0 1", "0 2", "1 1");
    }

    [Fact]
    public async Task Once_ends_with_1_when_a_job_failed()
    {
        _ = Drop("1");
        _ = Drop("2");

        (await OnceAsync(Watch([Job("%(filename)s", "test $1 = 2")]))).ExitStatus.Should().Be(1);

        File.Exists(Status("1", "failed")).Should().BeTrue();
        File.Exists(Status("2", "done")).Should().BeTrue();
        Runs.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("once=1", "")]
    [InlineData("logging.level=INFO", "1")]
    public async Task A_stop_before_all_is_done_ends_with_1(string word, string count)
    {
        _ = Drop("1");
        object more = count.Length > 0 ? new { count = 1 } : new { };
        await using var watcher = Start(word, Watch([Job("%(filename)s", "exec sleep 60")], more));
        await RunsAsync("1");

        (await watcher.StopAsync()).Should().Be(1);
    }

    [Fact]
    public async Task Once_retries_jobs_that_failed_before()
    {
        _ = Drop("1");
        var watch = Watch([Job("%(filename)s", $"test -e {Scratch}/go")], new { refresh = 0.01 });
        _ = await OnceAsync(watch);
        await File.WriteAllTextAsync(Path.Combine(Scratch, "go"), "", TestContext.Current.CancellationToken);

        (await OnceAsync(watch)).ExitStatus.Should().Be(0);

        Runs.Should().Equal("1", "1");
        Directory.GetFiles(In).Select(Path.GetFileName).Should().BeEquivalentTo("1", "._w_0_1.done");
    }

    [Fact]
    public async Task Once_ends_with_1_when_the_box_is_unreachable()
    {
        _ = Drop("1");

        var (status, _, errors) = await WatchProgram.RunAsync(
            "client.address=127.0.0.1", "client.port=1", "client.timeout=0.2", "once=1", $"name={Name}", Watch([Job("x")]));

        status.Should().Be(1);
        errors.Should().Contain("127.0.0.1");
    }

    [Fact]
    public async Task Once_ends_with_1_when_the_folder_cannot_be_read()
    {
        (await OnceAsync(Watch([Job("x")], new { path = Scratch + "/nosuch" }))).ExitStatus.Should().Be(1);
    }

    [Fact]
    public async Task Once_starts_standing_jobs_and_does_not_wait_for_them()
    {
        var watch = "watch.s={\"jobs\":[{\"pool\":\"p\",\"args\":[\"sleep\",\"1000\"],\"id\":\"" + Name + "\"}]}";

        (await OnceAsync(watch)).ExitStatus.Should().Be(0);
        (await OnceAsync(watch)).ExitStatus.Should().Be(0);

        (await Box.WaitForStartAsync(Name)).Number("start_count").Should().Be(1);
    }

    [Fact]
    public async Task A_second_watcher_with_the_same_lock_ends_at_once_with_a_message_while_the_first_one_runs()
    {
        var held = Path.Combine(Scratch, "lock");
        await using var first = await StartAndWaitAsync($"lock={held}", Watch([Job("x")]));

        var (status, _, errors) = await OnceAsync($"lock={held}", Watch([Job("x")]));
        await first.CrashAsync();
        var later = await OnceAsync($"lock={held}", Watch([Job("x")]));

        status.Should().Be(0);
        errors.Should().Be($"another meeseeks-watch holds {held}: nothing to do\n");
        later.Errors.Should().NotContain("another");
    }

    [Fact]
    public async Task Dry_run_lists_what_would_be_submitted_and_why_the_rest_would_not()
    {
        Assert.SkipWhen(IsOnFuse, "on FUSE, files that have just been made may not be complete");
        _ = Drop("1.foo");
        _ = Drop("2.foo");
        _ = Drop("a.bar");
        await File.WriteAllTextAsync(Status("1.foo", "done"), "", TestContext.Current.CancellationToken);

        var files = Watch([new { pool = "p", args = new[] { "echo", "%(filename)s" }, id = "i-%(filename)s" }], new { glob = "*.foo" });
        var (status, output, _) =
            await OnceAsync("dry_run=1", files, "watch.s.jobs.pool=p", "watch.s.jobs.args=sleep,9", "watch.s.jobs.id=s");

        status.Should().Be(0);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().BeEquivalentTo(
            "w: a.bar: nothing: no glob matches it",
            "w: 2.foo: job 0: would be submitted, because it has not been processed: i-2.foo in pool p: echo 2.foo",
            "w: 1.foo: job 0: nothing: its job is done",
            "s: job 0: would be kept running: s in pool p: sleep 9");
        (await Box.JobAsync("i-2.foo")).ValueKind.Should().Be(System.Text.Json.JsonValueKind.False);

        var (failed, problems, _) = await OnceAsync("dry_run=1", Watch([Job("%(fiel)s")], new { glob = "2.foo" }));

        failed.Should().Be(1);
        problems.Should().Contain("w: 2.foo: job 0: would not be submitted: ").And.NotContain("would be submitted");
    }

    [Fact]
    public async Task Check_prints_the_merged_configuration_with_its_templates_applied()
    {
        var (status, output, errors) = await WatchProgram.RunAsync(
            "--check", "apply=t", """template.t={"glob":"*","jobs":[{"pool":"p","args":["x"]}]}""", "watch.a.path=/a");

        (status, errors).Should().Be((0, "warning: watch.t-a.path: /a: there is no such folder\n"));
        output.Should().Be(
            """
            {
                "watch": {
                    "t-a": {
                        "glob": "*",
                        "jobs": [
                            {
                                "pool": "p",
                                "args": [
                                    "x"
                                ]
                            }
                        ],
                        "path": "/a"
                    }
                }
            }

            """);
    }

    [Fact]
    public async Task A_bad_configuration_ends_with_2_and_a_line_for_each_problem()
    {
        var (status, _, errors) = await WatchProgram.RunAsync("watch.w.path=/a", "watch.w.glob=*", "watch.w.rescan=soon", "nosuch.cfg");

        status.Should().Be(2);
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().BeEquivalentTo(
            "nosuch.cfg: the file cannot be read: there is no such file",
            "command line: watch.w.rescan: 'soon' is not a number of seconds",
            "command line: watch.w.jobs: missing: there is nothing to submit");
    }

    [Fact]
    public async Task Help_describes_the_program()
    {
        (await WatchProgram.RunAsync("--help")).Output.Should().Contain("Watches folders").And.Contain("dry_run=1");
        (await WatchProgram.RunAsync("--nosuch")).ExitStatus.Should().Be(2);
    }

    private Task<(int ExitStatus, string Output, string Errors)> OnceAsync(params string[] words) =>
        WatchProgram.RunAsync(
            ["client.address=127.0.0.1", $"client.port={Box.Port}", "client.refresh=0.05", $"name={Name}", "once=1", .. words]);
}
