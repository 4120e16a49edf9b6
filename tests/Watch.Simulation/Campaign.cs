using System.Collections.Concurrent;
using System.Diagnostics;
using MeeseeksBox.WatchSimulation.Histories;

namespace MeeseeksBox.WatchSimulation;

/// <summary>Runs many histories, and prints those with differences.</summary>
internal static class Campaign
{
    private const int Shown = 10;

    /// <summary>Runs a range of seeds, one per processor at a time.</summary>
    /// <returns>The exit status: 1 when a history had a difference.</returns>
    public static int Run(int first, int count)
    {
        var clock = Stopwatch.StartNew();
        var failures = new ConcurrentDictionary<int, string>();
        var (next, done, jobs) = (first - 1, 0, 0);
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            using var site = new Site();
            while (Interlocked.Increment(ref next) is var seed && seed < first + count && failures.Count < Shown)
            {
                var outcome = Outcome.Of(site, Script.Of(seed));
                _ = Interlocked.Add(ref jobs, outcome.JobCount);
                if (outcome.Differences.Count > 0)
                {
                    failures[seed] = outcome.Differences[0];
                    Console.WriteLine($"seed {seed}: {outcome.Differences[0]}");
                }

                if (Interlocked.Increment(ref done) % 5000 is 0)
                    Console.WriteLine($"{done} of {count} after {clock.Elapsed.TotalSeconds:0} s, {failures.Count} with differences");
            }
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        Console.WriteLine(
            $"{done} histories from seed {first} in {clock.Elapsed.TotalSeconds:0.0} s: {jobs} jobs, {failures.Count} with differences");
        foreach (var seed in failures.Keys.Order())
            Console.WriteLine($"repeat: --seed {seed} --log");
        return failures.IsEmpty ? 0 : 1;
    }

    /// <summary>Runs one seed, shrinks it, and prints it.</summary>
    /// <returns>The exit status: 1 when it had a difference.</returns>
    public static int RunOne(int seed, bool isLogged)
    {
        using var site = new Site();
        var script = Script.Of(seed);
        var isBad = Outcome.Of(site, script).Differences.Count > 0;
        if (isBad)
            script = Script.Shrink(script, shorter => Outcome.Of(site, shorter).Differences.Count > 0);
        var outcome = Outcome.Of(site, script, isLogged);
        Console.WriteLine($"seed {seed}{(isBad ? ", shrunk" : "")}: {outcome}");
        return isBad ? 1 : 0;
    }
}
