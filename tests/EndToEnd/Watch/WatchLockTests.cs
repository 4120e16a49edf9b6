using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Two watchers of one folder (docs/SPECIFICATION.md#folder-lock).</summary>
public sealed class WatchLockTests(SharedBox shared) : WatchTests(shared)
{
    private const int Files = 200;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_second_watcher_takes_over_when_the_first_ends_and_each_job_runs_once(bool isKilled)
    {
        var watch = Watch([Job("%(filename)s")]);
        var (first, second) = (Start(watch), (RunningWatcher?)null);
        try
        {
            await UntilAsync(() => File.Exists(Path.Combine(In, "._w_0_.lock")), () => $"{first.Log}");
            second = Start(watch);
            await UntilAsync(() => second.Log.Has("another meeseeks-watch ("), () => $"{second.Log}");
            second.Log.Has($"{first.Pid}, since ").Should().BeTrue(second.Log.ToString());
            for (var number = 0; number < Files / 2; number++)
                _ = Drop($"a{number}");
            await UntilAsync(() => Runs.Length > Files / 8, () => $"{first.Log}");

            if (isKilled)
                await first.CrashAsync();
            else
                (await first.StopAsync()).Should().Be(0);
            var end = TimeProvider.System.GetTimestamp();
            await UntilAsync(() => second.Log.Has("this one takes over"), () => $"{second.Log}");
            TimeProvider.System.GetElapsedTime(end).Should().BeLessThan(TimeSpan.FromSeconds(5));
            for (var number = 0; number < Files / 2; number++)
                _ = Drop($"b{number}");

            await UntilAsync(() => Directory.GetFiles(In, "*.done").Length == Files, () => $"{second.Log}");
            Runs.Distinct().Should().HaveCount(Files);

            // A job that the stop has killed runs again, whether or not it had begun.
            if (isKilled)
                Runs.Should().HaveCount(Files);
            second.Log.Count("another meeseeks-watch").Should().Be(1);
        }
        finally
        {
            await first.DisposeAsync();
            if (second is not null)
                await second.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_round_beside_a_running_watcher_does_nothing_and_fails()
    {
        var watch = Watch([Job("%(filename)s")]);
        await using var watcher = await StartAndWaitAsync(watch);

        var (status, _, errors) = await WatchProgram.RunAsync(
            "client.address=127.0.0.1", $"client.port={Box.Port}", $"name={Name}", "once=1", watch);

        status.Should().Be(1);
        errors.Should().Contain("nothing is done");
        Runs.Should().BeEmpty();
    }

    [Fact]
    public async Task A_lock_is_of_the_folder_and_not_of_its_path()
    {
        var watch = Watch([Job("%(filename)s")]);
        await using var first = await StartAndWaitAsync(watch);
        await using var second = Start(watch);
        await UntilAsync(() => second.Log.Has("another meeseeks-watch"), () => $"{second.Log}");

        Directory.Move(In, $"{Scratch}/former");
        _ = Drop("a");
        await StatusAsync("a", "done");

        await UntilAsync(() => !File.Exists($"{Scratch}/former/._w_0_.lock"), () => $"{first.Log}");
        File.Exists(Path.Combine(In, "._w_0_.lock")).Should().BeTrue();
        Runs.Should().Equal("a");
    }

    [Fact]
    public async Task Of_watches_of_overlapping_trees_one_serves_the_common_folder()
    {
        var sub = Directory.CreateDirectory(Path.Combine(In, "sub")).FullName;
        var tree = Watch([Job("%(filename)s")], new { recursive = true, rescan = 0.2 });
        var part = Watch([Job("%(filename)s")], new { path = sub });
        await using (var first = await StartAndWaitAsync(tree))
        {
            await using var second = Start(part);
            await UntilAsync(() => second.Log.Has("another meeseeks-watch ("), () => $"{second.Log}");
            _ = Drop("sub/a");
            await UntilAsync(() => File.Exists($"{sub}/._w_0_a.done"), () => $"{first.Log}");

            await first.CrashAsync();
            await UntilAsync(() => second.Log.Has("this one takes over"), () => $"{second.Log}");
            _ = Drop("sub/b");
            await UntilAsync(() => File.Exists($"{sub}/._w_0_b.done"), () => $"{second.Log}");

            await using var third = Start(tree);
            await UntilAsync(() => third.Log.Has("cannot read the sub-folder sub: another meeseeks-watch ("), () => $"{third.Log}");
            _ = Drop("c");
            await RunsAsync("a", "b", "c");
            _ = await second.StopAsync();
            _ = Drop("sub/d");
            await RunsAsync("a", "b", "c", "d");
        }
    }
}
