using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Files that belong together (docs/WATCH.md#which-job-runs-on-which-file).</summary>
public sealed class WatchSetTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    private static readonly string[] Globs = ["*.foo", "*.bar"];

    [Fact]
    public async Task A_set_runs_once_when_it_is_complete_and_a_late_file_runs_nothing()
    {
        var log = await AddAsync(Watch([Job("%(fileset)s")], new { glob = Globs, split = ".", fileset = 2 }));

        _ = Drop("a.1.y.foo");
        await SetAsync("b.1");
        Runs.Should().Equal("b.1.foo b.1.bar");
        _ = Drop("a.1.bar");
        await StatusAsync("a.1.y.foo", "done");
        _ = Drop("a.1.z.foo");
        await UntilAsync(() => log.Has("a.1.z.foo is not processed: the set a.1 is done with a.1.y.foo; remove"), log.ToString);
        await SetAsync("c.1");

        Runs.Should().Equal("b.1.foo b.1.bar", "a.1.y.foo a.1.bar", "c.1.foo c.1.bar");
    }

    [Fact]
    public async Task After_set_timeout_a_set_of_named_groups_runs_with_what_is_there_if_the_required_files_are()
    {
        const string Match = @"(?<time>\d+)_(?<area>[a-z]+)_c\d+\.(foo|bar)";
        var watch = new { glob = Globs, match = Match, set_timeout = 0.3, set_required = "*.foo" };
        var log = await AddAsync(Watch([Job("%(area)s at %(time)s: %(fileset0)s, %(fileset1)s")], watch));

        _ = Drop("07_north_c1.foo");
        _ = Drop("07_south_c2.bar");
        await RunsAsync("north at 07: 07_north_c1.foo, ");
        await UntilAsync(() => log.Has("is not complete after 0.3 s: nothing matches *.foo; it waits on"), log.ToString);
        _ = Drop("07_north_c2.bar");
        await UntilAsync(() => log.Has("07_north_c2.bar is not processed: the set "), log.ToString);
        _ = Drop("07_south_c3.foo");

        await RunsAsync("north at 07: 07_north_c1.foo, ", "south at 07: 07_south_c3.foo, 07_south_c2.bar");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_set_whose_watcher_is_killed_runs_once_also_when_another_candidate_comes_meanwhile(bool isJobOver)
    {
        var go = Path.Combine(Scratch, "go");
        var job = Job("%(fileset)s", $"until test -e {go}; do sleep 0.05; done");
        var word = Watch([job], new { glob = Globs, split = ".", fileset = 2 });
        await using (var first = await StartAndWaitAsync(word))
        {
            _ = Drop("a.1.y.foo");
            _ = Drop("a.1.bar");
            await RunsAsync("a.1.y.foo a.1.bar");
            await first.CrashAsync();
        }

        // It comes before the other one in the order of names.
        _ = Drop("a.1.z.foo");
        if (isJobOver)
        {
            await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
            (await Box.ClientAsync("wait", $"tag=watch={Name}/{WatchName}")).Status.Should().Be(0);
        }

        await using var second = await StartAndWaitAsync(word);
        await UntilAsync(() => second.Log.Has("for a.1.z.foo exists already and is resumed"), () => $"{second.Log}");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await StatusAsync("a.1.z.foo", "done");

        var status = await WatchProgram.RunAsync("status", second.Control, word, "json=1");
        var watch = JsonNode.Parse(status.Output)![0]!["watches"]![0]!;
        watch["waiting"]!.AsArray().Should().BeEmpty("the other candidates are late");
        Runs.Should().Equal("a.1.y.foo a.1.bar");
    }

    private async Task SetAsync(string key)
    {
        _ = Drop($"{key}.foo");
        _ = Drop($"{key}.bar");
        await StatusAsync($"{key}.foo", "done");
    }
}
