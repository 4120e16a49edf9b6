using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Files that exist when a watcher starts (docs/SPECIFICATION.md#watcher).</summary>
public sealed class WatchStartTests(SharedBox shared) : WatchTests(shared)
{
    [Fact]
    public async Task Existing_files_are_processed_at_the_start_and_changed_ones_at_the_next()
    {
        var file = Drop("1");
        _ = Drop("2");
        var watch = Watch([Job("%(filename)s")], new { updated = true });
        await using (var first = Start(watch))
        {
            await StatusAsync("1", "done");
            await StatusAsync("2", "done");
        }

        await using (var second = Start(watch))
        {
            _ = Drop("3");
            await StatusAsync("3", "done");
        }

        Runs.Order().Should().Equal("1", "2", "3");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        await using var third = Start(watch);

        await RunsAsync("1", "2", "3", "1");
    }
}
