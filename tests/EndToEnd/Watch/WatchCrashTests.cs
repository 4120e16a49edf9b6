using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Each job runs exactly once although the watcher is killed at random times.</summary>
/// <remarks>Each run appends a line to a file. <c>kill-rounds.sh 200</c> in this folder runs more rounds.</remarks>
public sealed class WatchCrashTests(SharedBox shared) : WatchTests(shared)
{
    private static readonly int Rounds = Setting("MEESEEKS_WATCH_ROUNDS", 5);
    private static readonly int Files = Setting("MEESEEKS_WATCH_FILES", 60);

    [Fact]
    public async Task Each_job_runs_exactly_once()
    {
        var seed = Setting("MEESEEKS_WATCH_SEED", Random.Shared.Next());
        TestContext.Current.TestOutputHelper?.WriteLine($"{Rounds} rounds, {Files} files, seed {seed}");
        var random = new Random(seed);
        var watch = Watch([Job("0 %(filename)s"), Job("1 %(filename)s")], new { rescan = 1 });
        var dropped = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            await using var watcher = Start(watch);
            var end = DateTime.UtcNow + TimeSpan.FromMilliseconds(random.Next(1500));
            while (DateTime.UtcNow < end)
            {
                if (dropped < Files * round / Rounds)
                    _ = Drop($"{dropped++:d5}");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(8)), TestContext.Current.CancellationToken);
            }

            await watcher.CrashAsync();
        }

        while (dropped < Files)
            _ = Drop($"{dropped++:d5}");
        await using var last = Start(watch);
        string[] expected =
        [
            .. Enumerable.Range(0, Files).Select(file => $"0 {file:d5}"),
            .. Enumerable.Range(0, Files - 1).Select(file => $"1 {file:d5}"),
        ];
        await Box.WaitForAsync(() => Task.FromResult(Runs), runs => runs.Length >= expected.Length);
        await UntilAsync(
            () => Directory.GetFiles(In, "._*.done").Length == expected.Length,
            () => $"{Directory.GetFiles(In, "._*.done").Length} of {expected.Length} results; {last.Log}");

        Runs.Order().Should().Equal(expected.Order());
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : fallback;
}
