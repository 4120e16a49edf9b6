using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Jobs run for the files that appear (docs/SPECIFICATION.md#watcher).</summary>
public sealed class WatchFilesTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    [Fact]
    public async Task A_file_that_is_renamed_into_place_runs_its_job_at_once()
    {
        _ = await AddAsync(Watch([Job("%(file)s")]));

        var file = Drop("20260101.00.foo");

        await RunsAsync(file);
    }

    [Fact]
    public async Task The_result_is_written_sorted_and_indented_by_4()
    {
        _ = await AddAsync(Watch([Job("%(index)s", more: new { tags = new[] { "mine" } })]));
        _ = Drop("a");
        await StatusAsync("a", "done");

        var text = await File.ReadAllTextAsync(Status("a", "done"), TestContext.Current.CancellationToken);

        var job = JsonElement.Parse(text);
        job.Text("state").Should().Be("done");
        job.Number("rc").Should().Be(0);
        job.Texts("tags").Should().StartWith("mine");
        job.Keys().Should().BeInAscendingOrder(StringComparer.Ordinal);
        text.Should().StartWith("{\n    \"active\": false,\n    \"args\": [\n        \"/bin/sh\",").And.EndWith("}\n");
        FilesIn.Should().BeEquivalentTo("a", $"._{WatchName}_0_a.done");
    }

    [Fact]
    public async Task Jobs_follow_each_other_as_more_files_appear()
    {
        _ = await AddAsync(Watch([Job("0 %(filename)s"), Job("1 %(filename)s")]));
        _ = Drop("1");
        await RunsAsync("0 1");
        _ = Drop("2");
        await RunsAsync("0 1", "0 2", "1 1");
        _ = Drop("3");

        await RunsAsync("0 1", "0 2", "1 1", "0 3", "1 2");
        await StatusAsync("2", "done", index: 1);
    }

    [Fact]
    public async Task Run_all_runs_all_jobs_of_a_file_in_order()
    {
        _ = Drop("1");
        _ = Drop("2");
        _ = Drop("3");
        _ = await AddAsync(
            Watch([Job("0 %(filename)s", "sleep 0.1"), Job("1 %(filename)s", "sleep 0.1"), Job("2 %(filename)s")]));

        await RunsAsync("0 1", "0 2", "0 3", "1 1", "1 2", "2 1");
        Runs.Where(run => run.EndsWith('1')).Should().Equal("0 1", "1 1", "2 1");
    }

    [Fact]
    public async Task A_failed_job_is_run_again_until_it_is_done()
    {
        _ = await AddAsync(Watch([Job("try", $"test $(wc -l < {Scratch}/runs) -ge 3")]));
        _ = Drop("a");

        await StatusAsync("a", "done");

        Runs.Should().HaveCount(3);
        await UntilAsync(() => !File.Exists(Status("a", "failed")), () => "the failure is still there");
    }

    [Fact]
    public async Task Without_retry_a_failed_job_stays_failed()
    {
        _ = await AddAsync(Watch([Job("try", "exit 3")], new { retry = false, rescan = 0.2 }));
        _ = Drop("a");
        await StatusAsync("a", "failed");
        _ = Drop("b");
        await StatusAsync("b", "failed");

        JsonElement.Parse(await File.ReadAllTextAsync(Status("a", "failed"), TestContext.Current.CancellationToken)).Number("rc")
            .Should().Be(3);
        Runs.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_killed_job_is_never_retried()
    {
        _ = await AddAsync(Watch([Job("try", "exec sleep 1000", new { id = Name + "-%(filename)s" })], new { rescan = 0.2 }));
        _ = Drop("a");
        await RunsAsync("try");
        _ = await Box.AskAsync("kill", Name + "-a");
        await StatusAsync("a", "killed");
        _ = Drop("b");
        await RunsAsync("try", "try");

        (await Box.JobAsync(Name + "-a")).Text("state").Should().Be("killed");
        _ = await Box.AskAsync("kill", Name + "-b");
        await StatusAsync("b", "killed");
        Runs.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_fileset_waits_until_it_is_complete()
    {
        _ = await AddAsync(
            Watch([Job("%(fileset)s")], new { glob = new[] { "*.foo", "*.bar", "*.baz" }, split = ".", fileset = 2 }));
        _ = Drop("20260101.00.foo");
        _ = Drop("20260101.01.bar");
        _ = Drop("20260101.00.baz");
        _ = Drop("20260101.00.bar");

        await StatusAsync("20260101.00.foo", "done");

        Runs.Should().Equal("20260101.00.foo 20260101.00.bar 20260101.00.baz");
    }

    [Fact]
    public async Task A_list_of_jobspecs_has_one_for_each_glob_and_marks_files_without_one()
    {
        _ = await AddAsync(Watch([new[] { Job("first %(filename)s"), null }], new { glob = new[] { "*.foo", "*.bar" } }));
        _ = Drop("1.foo");
        _ = Drop("1.bar");

        await StatusAsync("1.foo", "done");
        await StatusAsync("1.bar", "done");

        Runs.Should().Equal("first 1.foo");
        (await File.ReadAllTextAsync(Status("1.bar", "done"), TestContext.Current.CancellationToken))
            .Should().Be("{\n    \"state\": \"done\"\n}\n");
    }

    [Fact]
    public async Task With_updated_a_changed_file_is_processed_again()
    {
        _ = await AddAsync(Watch([Job("0 %(filename)s"), Job("1 %(filename)s")], new { updated = true }));
        var file = Drop("a");
        await StatusAsync("a", "done");
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        await UntilAsync(
            () => File.Exists(Status("a", "mtime")) && File.ReadAllText(Status("a", "mtime")) == "1767323045.0000000\n",
            () => string.Join(' ', Runs));

        Runs.Should().Equal("0 a", "0 a");
    }

    [Fact]
    public async Task Status_files_of_a_removed_file_are_deleted_except_with_cleanup_0()
    {
        var keep = Some.Id();
        _ = await AddAsync(
            Watch([Job("%(name)s")], new { cleanup = 0.1, rescan = 0.1 }),
            Watch([Job("%(name)s")], new { cleanup = 0, rescan = 0.1 }, name: keep));
        var file = Drop("a");
        await StatusAsync("a", "done");
        await StatusAsync("a", "done", watch: keep);
        var stranger = Path.Combine(In, "._other_0_a.done");
        await File.WriteAllTextAsync(stranger, "", TestContext.Current.CancellationToken);

        File.Delete(file);

        await UntilAsync(() => !File.Exists(Status("a", "done")), () => "the status file is still there");
        File.Exists(Status("a", "done", watch: keep)).Should().BeTrue();
        File.Exists(stranger).Should().BeTrue();
    }

    [Fact]
    public async Task A_removed_result_runs_the_job_again()
    {
        _ = await AddAsync(Watch([Job("%(filename)s")]));
        _ = Drop("a");
        await StatusAsync("a", "done");
        await Box.WaitForAsync(
            () => Box.AskAsync("get", new { tag = "watch.recorded" }),
            jobs => jobs.EnumerateObject().Any(job => job.Value.Texts("tags").Contains($"watch={WatcherName}/{WatchName}")));

        File.Delete(Status("a", "done"));

        await RunsAsync("a", "a");
        await StatusAsync("a", "done");
    }

    [Fact]
    public async Task A_file_that_is_being_written_waits_until_it_is_closed()
    {
        _ = await AddAsync(Watch([Job("%(filename)s")]));
        await using (var slow = File.Create(Path.Combine(In, "slow")))
        {
            await slow.WriteAsync("half"u8.ToArray(), TestContext.Current.CancellationToken);
            await slow.FlushAsync(TestContext.Current.CancellationToken);
            _ = Drop("whole");
            await StatusAsync("whole", "done");
            Runs.Should().Equal("whole");
        }

        await RunsAsync("whole", "slow");
    }

    [Fact]
    public async Task Min_age_and_max_age_limit_the_files()
    {
        File.SetLastWriteTimeUtc(Drop("old"), DateTime.UtcNow.AddHours(-1));
        _ = await AddAsync(Watch([Job("%(filename)s")], new { min_age = 0.5, max_age = 600 }));
        var begin = DateTime.UtcNow;
        File.SetLastWriteTimeUtc(Drop("new"), begin);

        await RunsAsync("new");

        (DateTime.UtcNow - begin).Should().BeGreaterThan(TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public async Task A_time_that_lies_ahead_keeps_no_file_young()
    {
        _ = await AddAsync(Watch([Job("%(filename)s")], new { min_age = 0.5 }));
        var elsewhere = $"{Scratch}/ahead";
        await File.WriteAllTextAsync(elsewhere, "x", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(elsewhere, DateTime.UtcNow.AddHours(1));

        File.Move(elsewhere, Path.Combine(In, "ahead"));

        await RunsAsync("ahead");
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("_under_1_score_")]
    [InlineData("100%(name)s %")]
    [InlineData("it's \"quoted\" `now` $HOME")]
    [InlineData("two\nlines\r\n")]
    [InlineData("naïve-ñ-日本-😀")]
    [InlineData("-rf")]
    [InlineData("back\\slash*?[x]")]
    [InlineData("a.done")]
    [InlineData("~1")]
    public async Task Any_name_works(string name)
    {
        var log = await AddAsync(
            Watch([Job("", $"cp -- \"$2\" {Scratch}/copy", new { })], new { }).Replace("\"sh\",\"\"]", "\"sh\",\"\",\"%(file)s\"]"));
        _ = Drop(name, "content of " + name);

        await StatusAsync(name, "done");

        (await File.ReadAllTextAsync(Path.Combine(Scratch, "copy"), TestContext.Current.CancellationToken))
            .Should().Be("content of " + name);
        await UntilAsync(() => log.Has(" is done"), () => $"{log}");
        log.Lines.Should().OnlyContain(line => line.StartsWith("INFO ") || line.StartsWith("DEBUG "));
        HasLogged("accepted with a warning").Should().BeFalse();
    }

    [Fact]
    public async Task A_name_that_is_too_long_for_status_files_is_logged_and_others_continue()
    {
        var log = await AddAsync(Watch([Job("%(filename)s")]));
        _ = Drop(new string('x', 250));
        _ = Drop("short");

        await StatusAsync("short", "done");

        await UntilAsync(() => log.Has("the name is too long"), () => $"{log}");
        Runs.Should().Equal("short");
    }

    [Fact]
    public async Task A_wrong_jobspec_is_logged_once_and_others_continue()
    {
        var log = await AddAsync(Watch([new[] { Job("%(nosuch)s"), Job("%(filename)s") }], new { glob = new[] { "*.a", "*.b" } }));
        _ = Drop("1.a");
        _ = Drop("2.a");
        _ = Drop("1.b");

        await StatusAsync("1.b", "done");

        await UntilAsync(() => log.Count("ERROR") > 0, () => $"{log}");
        log.Count("cannot be submitted: %(nosuch)s").Should().Be(1);
        Runs.Should().Equal("1.b");
    }
}
