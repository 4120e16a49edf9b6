using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Failed files, moved files, and jobs that cause themselves (docs/SPECIFICATION.md#retry-of-files).</summary>
public sealed class WatchFailureTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    [Fact]
    public async Task Files_are_moved_when_they_are_done_or_have_no_retries_left()
    {
        var log = await AddAsync(Watch(
            [Job("%(filename)s", "case \"$1\" in bad*) exit 3;; esac")],
            new { retries = 2, retry_delay = 0.05, done_to = "good", failed_to = $"{Scratch}/bad" }));

        _ = Drop("fine.dat");
        _ = Drop("bad.dat");

        await UntilAsync(() => File.Exists(Moved("bad.dat")) && File.Exists(Path.Combine(In, "good", "fine.dat")), () => $"{log}");
        await UntilAsync(() => FilesIn is [], () => string.Join(' ', FilesIn));
        Runs.Order().Should().Equal("bad.dat", "bad.dat", "bad.dat", "fine.dat");
        var result = JsonElement.Parse(await File.ReadAllTextAsync(Moved($"._{WatchName}_0_bad.dat.failed"), Cancel));
        (result.Number("rc"), result.Number("watch_failures")).Should().Be((3, 3));

        // A file that is moved back is a new one.
        File.Move(Path.Combine(In, "good", "fine.dat"), Path.Combine(In, "fine.dat"));
        await UntilAsync(() => Runs.Count(run => run == "fine.dat") == 2, () => $"{log}");
        await UntilAsync(() => log.Count("fine.dat moved to") == 2, () => $"{log}");
    }

    [Fact]
    public async Task A_file_that_cannot_be_moved_holds_up_no_other()
    {
        var log = await AddAsync(Watch([Job("%(filename)s")], new { done_to = $"{Scratch}/missing/good", rescan = 0.2 }));

        _ = Drop("1");
        await StatusAsync("1", "done");
        _ = Drop("2");
        await StatusAsync("2", "done");
        await UntilAsync(() => log.Has($"cannot move files to {Scratch}/missing/good"), () => $"{log}");
        _ = Directory.CreateDirectory(Path.Combine(Scratch, "missing"));

        await UntilAsync(() => FilesIn is [], () => $"{log}");
        Runs.Should().BeEquivalentTo("1", "2");
        log.Count("cannot move files to").Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_comes_while_the_former_one_is_copied_to_another_file_system_is_processed()
    {
        const int large = 50_000_000;
        Assert.SkipWhen(new DriveInfo(Scratch).Name == new DriveInfo("/dev/shm").Name, "/dev/shm is no other file system here");
        var memory = Directory.CreateDirectory($"/dev/shm/watch-{Guid.NewGuid():N}").FullName;
        try
        {
            var log = await AddAsync(Watch([Job("%(filename)s")], new { done_to = memory }));
            _ = Drop("a.dat", new string('x', large));
            await UntilAsync(() => Directory.GetFiles(memory) is not [], () => $"{log}");

            _ = Drop("a.dat", "new");

            // The copy of the former one may have been faster.
            await RunsAsync("a.dat", "a.dat");
            await UntilAsync(() => FilesIn is [], () => $"{log}");
            Directory.GetFiles(memory).Select(File.ReadAllText).Where(text => text.Length < large).Should().Equal("new");
        }
        finally
        {
            Directory.Delete(memory, recursive: true);
        }
    }

    [Fact]
    public async Task Links_that_come_to_lead_round_in_a_circle_end_with_a_warning()
    {
        var (first, second) = (Path.Combine(Scratch, "to-first"), Path.Combine(Scratch, "to-second"));
        var other = Directory.CreateDirectory(Path.Combine(Scratch, "other")).FullName;
        foreach (var link in new[] { first, second })
            File.CreateSymbolicLink(link, Directory.CreateDirectory(link + "-before").FullName);

        // Once the links have changed, it is a wrong configuration: no other test could add a watch to a watcher that has it.
        await using var watcher = await StartAndWaitAsync(
            Watch([Job("%(filename)s")], new { done_to = second, refresh = 0.05 }),
            Watch([Job("%(filename)s")], new { path = other, done_to = first, refresh = 0.05 }, $"{Name}-v"));
        foreach (var (link, to) in new[] { (first, In), (second, other) })
        {
            File.Delete(link);
            _ = File.CreateSymbolicLink(link, to);
        }

        _ = Drop("a");

        await UntilAsync(() => watcher.Log.Has("a has come back unchanged 5 times"), () => $"{watcher.Log}");
        Runs.Length.Should().BeInRange(8, 14);
    }

    [Fact]
    public async Task A_job_that_changes_its_own_file_is_braked_and_named_once()
    {
        var log = await AddAsync(Watch([Job("%(file)s", "echo x >> \"$1\"")], new { updated = true, refresh = 0.5 }));
        var begin = DateTime.UtcNow;

        _ = Drop("a");
        await UntilAsync(() => log.Has("a of watch"), () => $"{log}");
        await UntilAsync(() => Runs.Length > 4, () => $"{log}");

        Runs.Length.Should().BeLessThan(2 + (int)((DateTime.UtcNow - begin) / TimeSpan.FromSeconds(0.5)));
        log.Count("comes or changes again").Should().Be(1);
    }

    [Fact]
    public async Task Without_updated_a_changed_file_is_named_once()
    {
        var log = await AddAsync(Watch([Job("%(filename)s")]));
        _ = Drop("a");
        _ = Drop("b");
        await StatusAsync("a", "done");
        await StatusAsync("b", "done");
        log.Has("has changed").Should().BeFalse();

        _ = Drop("a", "another one");
        await UntilAsync(() => log.Has("a has changed since its job began"), () => $"{log}");
        await File.AppendAllTextAsync(Path.Combine(In, "a"), "more", Cancel);
        await File.AppendAllTextAsync(Path.Combine(In, "b"), "more", Cancel);
        await UntilAsync(() => log.Has("b has changed since its job began"), () => $"{log}");

        log.Count("has changed since").Should().Be(2);
        Runs.Should().BeEquivalentTo("a", "b");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Moved(string name) => Path.Combine(Scratch, "bad", name);
}
