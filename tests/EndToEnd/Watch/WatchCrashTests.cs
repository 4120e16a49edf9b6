using System.Globalization;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Each job runs exactly once although watchers are killed at random times.</summary>
/// <remarks><c>kill-rounds.sh</c> in this folder runs more rounds of more files.</remarks>
public sealed class WatchCrashTests(SharedBox shared) : SharedBoxTests(shared)
{
    private static readonly int Rounds = Setting("MEESEEKS_WATCH_ROUNDS", 2);
    private static readonly int Kills = Setting("MEESEEKS_WATCH_KILLS", 3);
    private static readonly int Files = Setting("MEESEEKS_WATCH_FILES", 40);

    [Fact]
    public async Task Each_job_runs_exactly_once()
    {
        var seed = Setting("MEESEEKS_WATCH_SEED", Random.Shared.Next());
        var killed = 0;
        for (var number = 1; number <= Rounds; number++)
        {
            await using var round = new CrashRound(number, Files, Kills, new Random(seed + number));
            TestContext.Current.SendDiagnosticMessage($"{round}, seed {seed}, {Files} files, {killed} kills so far");
            TestContext.Current.TestOutputHelper?.WriteLine($"{round}, seed {seed}, {Files} files, {Kills} kills");

            var (runs, expected) = await round.RunAsync(Box);

            runs.Should().Equal(expected, string.Create(CultureInfo.InvariantCulture, $"of {round}, seed {seed}"));
            killed += round.Killed;
        }

        TestContext.Current.SendDiagnosticMessage($"{Rounds} rounds, {killed} kills, {Rounds * Files} files");
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
