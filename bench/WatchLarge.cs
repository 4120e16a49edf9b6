using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Bench;

/// <summary>The watcher in one folder with very many files, and with very many at once.</summary>
/// <remarks>
/// Each figure is compared with that of a folder of a hundredth of the files in the same run: a plan must cost what has changed.
/// </remarks>
internal static partial class WatchLarge
{
    private const int Warm = 20;
    private const int Count = 50;
    private const int Share = 100;
    private static readonly string[] JobArgs = ["/bin/true", "%(file)s"];

    /// <param name="files">The number of files in the large folder.</param>
    public static async Task<int> RunAsync(int files)
    {
        var small = await MeasureAsync(files / Share, areDone: true);
        Report($"{files} finished files", await MeasureAsync(files, areDone: true), small);
        Report($"{files} new files, whose jobs wait in a held pool", await MeasureAsync(files, areDone: false), small);
        return 0;
    }

    private static void Report(string name, Figures large, Figures small)
    {
        Rounds.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: read in {large.Read / 1000:F1} s, {large.Megabytes:F0} MB, idle {large.Idle:P1} of a processor"));
        Rounds.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"  rename to submitted: median {large.Median:F1} ms, p99 {large.Last:F1} ms; "
            + $"{large.Median / small.Median:F1} times that of {1.0 / Share:P0} of the files"));
    }

    private static async Task<Figures> MeasureAsync(int files, bool areDone)
    {
        using var daemon = await Daemon.StartAsync("pools.p.slots=2", $"pools.p.hold={(areDone ? "false" : "true")}");
        var folder = Directory.CreateTempSubdirectory("meeseeks-bench-");
        try
        {
            var path = Directory.CreateDirectory(Path.Combine(folder.FullName, "in")).FullName;
            for (var i = 0; i < files; i++)
            {
                File.Create(Path.Combine(path, $"20250101.{i:d7}.dat")).Dispose();
                if (areDone)
                    File.Create(Path.Combine(path, $"._in_0_20250101.{i:d7}.dat.done")).Dispose();
            }

            var watch = JsonSerializer.Serialize(new { path, glob = "*.dat", jobs = new[] { new { pool = "p", args = JobArgs } } });
            string[] words =
            [
                "client.address=127.0.0.1", $"client.port={daemon.Port}", "logging.level=DEBUG", $"name=large{files}{areDone}",
                $"watch.in={watch}",
            ];
            using var watcher = await Child.StartAsync(
                Daemon.ProgramOf("meeseeks-watch"),
                words,
                line => Reading().Match(line) is { Success: true } match ? match.Groups[1].Value : null);
            watcher.HearsLog = true;
            var latencies = new List<double>();
            for (var i = -Warm; i < Count; i++)
            {
                var latency = await DropAsync(watcher, folder.FullName, path, $"20260101.{i + Warm:d4}.dat");
                if (i >= 0)
                    latencies.Add(latency);
            }

            var (before, pause) = (watcher.ProcessorTime, TimeSpan.FromSeconds(10));
            await Task.Delay(pause);
            return new Figures(
                double.Parse(watcher.Announced, CultureInfo.InvariantCulture),
                watcher.ResidentMegabytes,
                Rounds.Median(latencies),
                Rounds.At(latencies, 0.99),
                (watcher.ProcessorTime - before) / pause);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The watcher logs a job when the box has accepted it.
    private static async Task<double> DropAsync(Child watcher, string folder, string path, string name)
    {
        var made = Path.Combine(folder, name);
        await File.WriteAllTextAsync(made, "x");
        var begin = TimeProvider.System.GetTimestamp();
        File.Move(made, Path.Combine(path, name));
        while (!(await watcher.HearAsync()).EndsWith($"is submitted for {name}", StringComparison.Ordinal))
            continue;
        return TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds;
    }

    private sealed record Figures(double Read, double Megabytes, double Median, double Last, double Idle);

    [GeneratedRegex(@"read \d+ files in (\S+) ms")]
    private static partial Regex Reading();
}
