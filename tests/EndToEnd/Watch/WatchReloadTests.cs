using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A reload keeps jobs and accounts, or says which jobs it stops (docs/SPECIFICATION.md#watch-signals).</summary>
public sealed class WatchReloadTests(SharedBox shared) : WatchTests(shared)
{
    private string Go => Path.Combine(Scratch, "go");

    private string Config => Path.Combine(Scratch, "watch.cfg");

    [Fact]
    public async Task Jobs_go_on_when_any_setting_of_their_watch_changes_and_its_name_and_each_has_one_result()
    {
        var status = Directory.CreateDirectory(Path.Combine(Scratch, "status")).FullName;
        _ = Directory.CreateSymbolicLink(Path.Combine(Scratch, "link"), In);
        Write(new { });
        await using var watcher = await StartAndWaitAsync(Config);
        var number = 0;
        async Task ChangeAsync(object more, string name = "w")
        {
            _ = Drop($"a{number}");
            await UntilAsync(() => Runs.Length == number + 1, () => $"{watcher.Log}");
            Write(more, name);
            watcher.Send(Signal.Hangup);
            await UntilAsync(() => watcher.Log.Count("new configuration in force") == number + 1, () => $"{watcher.Log}");
            number++;
        }

        await ChangeAsync(new { updated = true });
        await ChangeAsync(new { skip = "skip" });
        await ChangeAsync(new { path = In + "/" });
        await ChangeAsync(new { path = Scratch + "/link" });
        await ChangeAsync(new { path = Scratch + "/link", status_path = status });
        await ChangeAsync(new { path = Scratch + "/link" });
        await ChangeAsync(new { path = Scratch + "/link", was = "w" }, name: "v");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await UntilAsync(() => Directory.GetFiles(In, "._v_0_*.done").Length == number, () => $"{watcher.Log}");
        _ = Drop("last");
        await StatusAsync("last", "done", watch: "v");

        Runs.Should().Equal("a0", "a1", "a2", "a3", "a4", "a5", "a6", "last");
        watcher.Log.Has("are stopped").Should().BeFalse();
        watcher.Log.Has("another meeseeks-watch").Should().BeFalse(watcher.Log.ToString());
        FilesIn.Should().HaveCount(2 * (number + 1));
    }

    [Fact]
    public async Task A_job_of_the_former_folder_goes_on_and_is_recorded_there()
    {
        Write(new { });
        await using var watcher = await StartAndWaitAsync(Config);
        _ = Drop("a");
        await RunsAsync("a");
        var other = Directory.CreateDirectory(Path.Combine(Scratch, "other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(other, "a"), "", TestContext.Current.CancellationToken);

        Write(new { path = other });
        watcher.Send(Signal.Hangup);
        await RunsAsync("a", "a");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);

        await StatusAsync("a", "done");
        await UntilAsync(() => File.Exists(Path.Combine(other, "._w_0_a.done")), () => $"{watcher.Log}");
        Runs.Should().Equal("a", "a");
    }

    [Fact]
    public async Task The_log_says_which_jobs_are_stopped_and_that_a_new_name_is_a_new_account()
    {
        Write(new { });
        await using var watcher = await StartAndWaitAsync(Config);
        _ = Drop("a");
        await RunsAsync("a");

        Write(new { }, name: "v");
        watcher.Send(Signal.Hangup);

        await UntilAsync(() => watcher.Log.Has("new configuration in force"), () => $"{watcher.Log}");
        watcher.Log.Has("jobs stopped, because it is not in the configuration any more: 1").Should().BeTrue();
        watcher.Log.Has("watch v has the folder and globs of w, which is gone").Should().BeTrue(watcher.Log.ToString());
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await StatusAsync("a", "done", watch: "v");
    }

    [Fact]
    public async Task After_a_restart_a_renamed_watch_resumes_its_jobs_and_keeps_its_results()
    {
        Write(new { });
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await using (var first = await StartAndWaitAsync(Config))
        {
            _ = Drop("a");
            await StatusAsync("a", "done");
            File.Delete(Go);
            _ = Drop("b");
            await RunsAsync("a", "b");
            await first.CrashAsync();
        }

        Write(new { was = "w" }, name: "v");
        await using var second = await StartAndWaitAsync(Config);
        await UntilAsync(() => second.Log.Has("for b exists already and is resumed"), () => $"{second.Log}");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);

        await StatusAsync("b", "done", watch: "v");
        Runs.Should().Equal("a", "b");
        File.Exists(Status("a", "done", watch: "v")).Should().BeTrue();
    }

    // As on a second host, which takes over the folder.
    [Fact]
    public async Task A_watcher_with_another_name_goes_on_with_jobs_that_have_ids_of_their_jobspec()
    {
        Write(new { }, job: new { id = $"{Path.GetFileName(Scratch)}-%(filename)s" });
        await using (var first = await StartAndWaitAsync(Config))
        {
            _ = Drop("a");
            await RunsAsync("a");
            await first.CrashAsync();
        }

        await using var second = await StartAndWaitAsync(Config, "name=other");
        await UntilAsync(() => second.Log.Has("for a exists already and is resumed"), () => $"{second.Log}");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);

        await StatusAsync("a", "done");
        Runs.Should().Equal("a");
    }

    [Fact]
    public async Task Two_watches_that_give_their_jobs_one_id_find_them_again()
    {
        var id = $"{Path.GetFileName(Scratch)}-%(filename)s";
        string Of(string name) => Watch([Job($"{name}-%(filename)s", $"until test -e {Go}; do sleep 0.05; done", new { id })], name: name);
        await using (var first = await StartAndWaitAsync(Of("v"), Of("w")))
        {
            _ = Drop("a");
            await UntilAsync(() => Runs.Length == 2, () => $"{first.Log}");
            await UntilAsync(() => first.Log.Count("is submitted for a") == 2, () => $"{first.Log}");
            await first.CrashAsync();
        }

        await using var second = await StartAndWaitAsync(Of("v"), Of("w"));
        await UntilAsync(() => second.Log.Count("for a exists already and is resumed") == 2, () => $"{second.Log}");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);

        await StatusAsync("a", "done", watch: "v");
        await StatusAsync("a", "done", watch: "w");
        Runs.Should().BeEquivalentTo("v-a", "w-a");
    }

    [Fact]
    public async Task After_a_restart_a_job_of_another_folder_is_no_result_and_goes_on()
    {
        Assert.SkipWhen(IsOnFuse, "FUSE knows no time of birth, which tells the folders apart");
        Write(new { rescan = 0.2 });
        await using (var first = await StartAndWaitAsync(Config))
        {
            _ = Drop("a");
            await RunsAsync("a");
            await first.CrashAsync();
        }

        Directory.Move(In, $"{Scratch}/former");
        _ = Drop("a");
        await using (var second = await StartAndWaitAsync(Config))
        {
            await RunsAsync("a", "a");
            await UntilAsync(() => second.Log.Has("is not for a as it is now"), () => $"{second.Log}");
            await second.CrashAsync();
        }

        // Each folder finds its own job again.
        var path = In;
        Directory.Move(path, $"{Scratch}/other");
        Directory.Move($"{Scratch}/former", path);
        await using var third = Start(Config);
        await UntilAsync(() => third.Log.Has("for a exists already and is resumed"), () => $"{third.Log}");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await StatusAsync("a", "done");
        Runs.Should().Equal("a", "a");
    }

    [Fact]
    public async Task With_updated_another_file_with_the_same_time_is_a_change()
    {
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        Write(new { updated = true });
        await using var watcher = await StartAndWaitAsync(Config);
        var path = Drop("a");
        await UntilAsync(() => watcher.Log.Has("for a is done"), () => $"{watcher.Log}");
        var time = File.GetLastWriteTimeUtc(path);

        var other = Path.Combine(Scratch, "other");
        await File.WriteAllTextAsync(other, "longer", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(other, time);
        File.Move(other, path, overwrite: true);

        await RunsAsync("a", "a");
        await UntilAsync(() => watcher.Log.Count("for a is done") == 2, () => $"{watcher.Log}");
    }

    private void Write(object more, string name = "w", object? job = null)
    {
        var watch = Watch([Job("%(filename)s", $"until test -e {Go}; do sleep 0.05; done", job)], more)["watch.w=".Length..];
        File.WriteAllText(Config, $$$"""{"watch":{"{{{name}}}":{{{watch}}}}}""");
    }
}
