using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Jobs that end too early, and a folder that disappears (docs/SPECIFICATION.md#watch-faults).</summary>
public sealed class WatchFaultsTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    [Fact]
    public async Task Without_globs_the_jobs_are_kept_running()
    {
        object[] jobs = [Job("one", "sleep 0.3"), Job("two", "exec sleep 1000")];
        var standing = $"watch.{WatchName}={JsonSerializer.Serialize(new { refresh = 0.2, jobs })}";
        _ = await AddAsync(standing);

        await UntilAsync(() => Runs.Count(run => run == "one") >= 3, () => string.Join(' ', Runs));

        Runs.Count(run => run == "two").Should().Be(1);
    }

    [Fact]
    public async Task A_job_on_several_nodes_with_a_failed_part_is_killed_and_restarted()
    {
        // The node "ghost" does not exist, so that its part waits.
        _ = await AddAsync(
            Watch([Job("part", "exit 1", new { node = new[] { "n1", "ghost" }, id = Name + "-%(filename)s" })]));
        _ = Drop("a");

        await Box.WaitForJobAsync($"{Name}-a.ghost", job => job.Text("state") is "killed");
        await StatusAsync("a", "failed");
        await Box.WaitForJobAsync($"{Name}-a~1.n1", job => job.Text("state") is "failed");

        JsonElement.Parse(await File.ReadAllTextAsync(Status("a", "failed"), TestContext.Current.CancellationToken)).Keys()
            .Should().HaveCount(2);
    }

    [Fact]
    public async Task A_removed_and_recreated_folder_is_watched_again()
    {
        Assert.SkipWhen(IsOnFuse, "on FUSE, a folder in which a watcher holds its lock cannot be removed");
        var log = await AddAsync(
            Watch([Job("%(filename)s", $"until test -e {Scratch}/go; do sleep 0.05; done")], new { rescan = 0.2 }));
        _ = Drop("1");
        await RunsAsync("1");

        await RemoveAsync(In.TrimEnd('/'));
        await UntilAsync(() => log.Has("cannot read the folder"), () => $"{log}");
        await File.WriteAllTextAsync(Path.Combine(Scratch, "go"), "", TestContext.Current.CancellationToken);
        await UntilAsync(() => log.Has("the folder of 1 was deleted"), () => $"{log}");
        _ = Drop("2");

        await StatusAsync("2", "done");
        Runs.Should().Equal("1", "2");
        await UntilAsync(() => log.Has("can read the folder"), () => $"{log}");
        log.Count("cannot read the folder").Should().Be(1);
        File.Exists(Status("1", "done")).Should().BeFalse();
    }

    // The watcher may write a file into the folder while it is being removed.
    private static Task RemoveAsync(string folder)
    {
        string? problem = null;
        return UntilAsync(IsRemoved, () => $"{problem}");

        bool IsRemoved()
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return true;
            }
            catch (IOException failed) when (Directory.Exists(folder))
            {
                problem = failed.Message;
                return false;
            }
        }
    }
}
