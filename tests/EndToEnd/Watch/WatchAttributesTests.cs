using System.Text;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Results in attributes of the files (docs/WATCH.md#results-in-attributes).</summary>
public sealed class WatchAttributesTests(SharedBox shared) : WatchTests(shared)
{
    private string Go => Path.Combine(Scratch, "go");

    private string Config => Path.Combine(Scratch, "watch.cfg");

    [Fact]
    public async Task A_file_has_its_result_wherever_it_goes_and_runs_again_at_once_without_it()
    {
        SkipWithoutAttributes();
        var watch = Watch([Job("%(filename)s", "test $1 != bad")], new { status = "xattr", retry = false });
        await using (var watcher = await StartAndWaitAsync(watch))
        {
            _ = Drop("a");
            _ = Drop("bad");
            await ResultAsync("a", "done");
            await ResultAsync("bad", "failed");

            File.Move(Path.Combine(In, "a"), Path.Combine(In, "b"));
            File.SetUnixFileMode(Path.Combine(In, "bad"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await CommandAsync("cp", "-a", "b", "copy");
            _ = Drop("next");
            await ResultAsync("next", "done");
            Runs.Should().BeEquivalentTo("a", "bad", "next");

            _ = ExtendedAttributes.TryRemove(Path.Combine(In, "b"), "user.w_0.done");
            await RunsAsync("a", "bad", "next", "b");
            await ResultAsync("b", "done");
            watcher.Log.Has("has changed since").Should().BeFalse();
            FilesIn.Should().BeEquivalentTo("b", "bad", "copy", "next");
        }

        await using var second = await StartAndWaitAsync(watch);
        _ = Drop("b", "another one");
        await RunsAsync("a", "bad", "next", "b", "b");
        await ResultAsync("b", "done");
    }

    [Fact]
    public async Task A_job_that_runs_while_the_watcher_is_killed_is_found_by_its_id()
    {
        SkipWithoutAttributes();
        var watch = Watch([Job("%(filename)s", $"until test -e {Go}; do sleep 0.05; done")], new { status = "xattr", updated = true });
        _ = Drop("a");
        _ = Drop("b");
        await using (var first = await StartAndWaitAsync(watch))
        {
            await RunsAsync("a", "b");
            await first.CrashAsync();
        }

        await using var second = await StartAndWaitAsync(watch);
        await UntilAsync(() => second.Log.Count("exists already") == 2, () => $"{second.Log}");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await ResultAsync("a", "done");
        await ResultAsync("b", "done");
        _ = Drop("c");
        await ResultAsync("c", "done");

        Runs.Order().Should().Equal("a", "b", "c");
        File.AppendAllText(Path.Combine(In, "a"), "more");
        await RunsAsync("a", "a", "b", "c");
    }

    [Fact]
    public async Task A_file_that_is_moved_aside_has_no_result_there_and_runs_again_when_it_comes_back()
    {
        SkipWithoutAttributes();
        var more = new { status = "xattr", done_to = "good", failed_to = "bad", retries = 1, retry_delay = 0.05 };
        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s", "test $1 != 2")], more));
        _ = Drop("1");
        _ = Drop("2");
        await UntilAsync(() => File.Exists(Moved("good", "1")) && FilesIn is [], () => $"{watcher.Log}");

        ExtendedAttributes.NamesOf(Moved("good", "1"), "user."u8).Should().BeEmpty();
        ExtendedAttributes.NamesOf(Moved("bad", "2"), "user."u8).Should().Equal("user.w_0.failure");
        Text(Moved("bad", "2"), "user.w_0.failure").Should().Contain("\"watch_failures\":2");
        File.Move(Moved("good", "1"), Path.Combine(In, "1"));

        await RunsAsync("1", "2", "2", "1");
        await UntilAsync(() => FilesIn is [], () => $"{watcher.Log}");
    }

    [Fact]
    public async Task A_file_that_takes_no_attributes_is_found_out_before_its_job_and_holds_up_no_other()
    {
        SkipWithoutAttributes();
        Tool.NeedsRoot("a file that cannot be changed");
        var bad = Drop("bad");
        Tool.Run("chattr", "+i", bad);
        try
        {
            await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s")], new { status = "xattr", rescan = 0.2 }));
            _ = Drop("good");
            await ResultAsync("good", "done");
            const string held = "cannot write the attributes of bad: bad: operation not permitted";
            await UntilAsync(() => watcher.Log.Has(held), () => $"{watcher.Log}");
            var before = Runs;
            Tool.Run("chattr", "-i", bad);
            await ResultAsync("bad", "done");

            before.Should().Equal("good");
            watcher.Log.Count("cannot write").Should().Be(1);
        }
        finally
        {
            Tool.Run("chattr", "-i", bad);
        }
    }

    [Fact]
    public async Task A_file_system_without_attributes_is_reported_before_the_first_job_and_a_reload_with_status_files_goes_on()
    {
        Tool.NeedsRoot("a mount");
        Tool.Run("mount", "-t", "ramfs", "ramfs", In);
        try
        {
            WriteConfig(new { status = "xattr" });
            await using var watcher = await StartAndWaitAsync(Config);
            await File.WriteAllTextAsync(Path.Combine(In, "a"), "", TestContext.Current.CancellationToken);
            const string reason = "its file system has no attributes of users; this watch submits nothing until then; status: files keeps";
            await UntilAsync(() => watcher.Log.Has($"cannot write attributes: {In}: {reason}"), () => $"{watcher.Log}");
            var before = Runs;

            WriteConfig(new { });
            watcher.Send(Signal.Hangup);

            await RunsAsync("a");
            await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
            await StatusAsync("a", "done");
            before.Should().BeEmpty();
            watcher.Log.Count("cannot write").Should().Be(1);
        }
        finally
        {
            Tool.Run("umount", "-l", In);
        }
    }

    [Fact]
    public async Task A_job_that_runs_while_status_changes_has_its_result_in_the_new_place()
    {
        SkipWithoutAttributes();
        WriteConfig(new { });
        await using var watcher = await StartAndWaitAsync(Config);
        _ = Drop("a");
        await RunsAsync("a");

        WriteConfig(new { status = "xattr" });
        watcher.Send(Signal.Hangup);
        await UntilAsync(() => watcher.Log.Has("new configuration in force"), () => $"{watcher.Log}");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);

        await ResultAsync("a", "done");
        _ = Drop("b");
        await ResultAsync("b", "done");
        Runs.Should().Equal("a", "b");
        FilesIn.Should().BeEquivalentTo("a", "b");
    }

    private void SkipWithoutAttributes() =>
        Assert.SkipUnless(ExtendedAttributes.AreSupported(In), "the file system of the temporary folder has no attributes of users");

    // A job that waits.
    private void WriteConfig(object more)
    {
        var watch = Watch([Job("%(filename)s", $"until test -e {Go}; do sleep 0.05; done")], more);
        File.WriteAllText(Config, $"{{\"watch\":{{\"w\":{watch[(watch.IndexOf('=') + 1)..]}}}}}");
    }

    private string Moved(string folder, string name) => Path.Combine(In, folder, name);

    private static string Text(string file, string attribute) => Encoding.UTF8.GetString(ExtendedAttributes.ValueOf(file, attribute) ?? []);

    private Task ResultAsync(string file, string state) =>
        UntilAsync(
            () => ExtendedAttributes.ValueOf(Path.Combine(In, file), $"user.w_0.{state}") is not null,
            () => $"attributes of {file}: {string.Join(' ', ExtendedAttributes.NamesOf(Path.Combine(In, file), "user."u8))}; "
                + $"runs: {string.Join(' ', Runs)}");
}
