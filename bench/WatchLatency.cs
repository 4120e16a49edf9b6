using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Bench;

/// <summary>The latency of meeseeks-watch on a local file system.</summary>
/// <remarks>
/// It is the time from the rename of a file to the start of its job (<c>start_ts</c>, by the same clock) and to its result. Also
/// measured: the cost of a folder with 100,000 processed files.
/// </remarks>
internal static partial class WatchLatency
{
    private const int Warm = 50;
    private const int Count = 300;
    private const int Many = 100_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(0.5);
    private static readonly string[] JobArgs = ["/bin/true", "%(file)s"];

    /// <param name="program">The program of the watcher, built here or published.</param>
    public static async Task<int> RunAsync(string program)
    {
        using var daemon = await Daemon.StartAsync("pools.p.slots=2");
        await MeasureAsync(daemon, program, 0);
        await MeasureAsync(daemon, program, Many);
        return 0;
    }

    private static async Task MeasureAsync(Daemon daemon, string program, int present)
    {
        var folder = Directory.CreateTempSubdirectory("meeseeks-bench-");
        try
        {
            var path = Directory.CreateDirectory(Path.Combine(folder.FullName, "in")).FullName;
            for (var i = 0; i < present; i++)
            {
                File.Create(Path.Combine(path, $"20250101.{i:d6}.dat")).Dispose();
                File.Create(Path.Combine(path, $"._in_0_20250101.{i:d6}.dat.done")).Dispose();
            }

            var watch = JsonSerializer.Serialize(new { path, glob = "*.dat", jobs = new[] { new { pool = "p", args = JobArgs } } });
            string[] words =
            [
                "client.address=127.0.0.1", $"client.port={daemon.Port}", "logging.level=DEBUG", $"name=bench{present}",
                $"watch.in={watch}",
            ];
            using var watcher = await Child.StartAsync(
                program, words, line => Reading().Match(line) is { Success: true } match ? match.Groups[1].Value : null);
            Rounds.Print($"{present} files there: read in {watcher.Announced} ms, {Rounds.Show(watcher.ResidentMegabytes)} MB after that");
            await DropAsync(folder.FullName, path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task DropAsync(string folder, string path)
    {
        var (running, recorded) = (new List<double>(), new List<double>());
        for (var i = -Warm; i < Count; i++)
        {
            var name = $"20260101.{i + Warm:d6}.dat";
            var (made, status) = (Path.Combine(folder, name), Path.Combine(path, $"._in_0_{name}.done"));
            await File.WriteAllTextAsync(made, "x");
            var begin = DateTime.UtcNow;
            File.Move(made, Path.Combine(path, name));
            while (!File.Exists(status))
                Thread.Sleep(Pause);

            var end = DateTime.UtcNow;
            if (i >= 0)
            {
                var start = JsonElement.Parse(await File.ReadAllTextAsync(status)).GetProperty("start_ts").GetDouble();
                running.Add((DateTime.UnixEpoch.AddSeconds(start) - begin).TotalMilliseconds);
                recorded.Add((end - begin).TotalMilliseconds);
            }
        }

        Print("rename to running", running);
        Print("rename to result written", recorded);
    }

    private static void Print(string name, List<double> figures) => Rounds.Print(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-44} min {Rounds.Show(figures.Min())}   median {Rounds.Show(Rounds.Median(figures))}   "
        + $"p99 {Rounds.Show(Rounds.At(figures, 0.99))} ms"));

    [GeneratedRegex(@"read \d+ files in (\S+) ms")]
    private static partial Regex Reading();
}
