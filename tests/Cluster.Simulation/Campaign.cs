using System.Collections.Concurrent;
using System.Diagnostics;
using MeeseeksBox.Simulation.Lives;

namespace MeeseeksBox.Simulation;

/// <summary>Runs many seeds, and prints those with violations.</summary>
internal static class Campaign
{
    private const int Shown = 10;

    /// <summary>Runs a range of seeds, one per processor at a time.</summary>
    /// <returns>The exit status: 1 when a seed had a violation.</returns>
    public static int Run(int first, int count)
    {
        var clock = Stopwatch.StartNew();
        var failures = new ConcurrentDictionary<int, IReadOnlyList<string>>();
        var (done, events, jobs, lost, copies, accepted) = (0L, 0L, 0L, 0L, 0L, 0L);
        _ = Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var life = new Life(seed, isLogged: false);
            var violations = RunGuarded(life);
            _ = Interlocked.Add(ref events, life.World.Agenda.Count);
            _ = Interlocked.Add(ref jobs, life.World.Account.Stories.Count);
            _ = Interlocked.Add(ref copies, life.World.Wire.Jobs);
            _ = Interlocked.Add(ref accepted, life.World.Account.Taken);
            _ = Interlocked.Add(ref lost, life.World.Account.Stories.Count(story => story.Lost is not null));
            if (violations.Count > 0)
            {
                failures[seed] = violations;
                Console.WriteLine($"seed {seed}: {violations[0]}");
            }

            if (Interlocked.Increment(ref done) % 500 is 0)
                Console.WriteLine($"{done} of {count} after {clock.Elapsed.TotalSeconds:0} s, {failures.Count} failed");
        });
        Console.WriteLine(
            $"{count} seeds from {first} in {clock.Elapsed.TotalSeconds:0.0} s: {failures.Count} failed; {jobs} jobs, {events} events, "
            + $"{lost} jobs declared lost, {copies} copies sent, {accepted} of them accepted");
        foreach (var (seed, violations) in failures.OrderBy(failure => failure.Key).Take(Shown))
        {
            Console.WriteLine($"seed {seed} (repeat: --seed {seed} --log):");
            foreach (var violation in violations.Take(Shown))
                Console.WriteLine($"  {violation}");
        }

        return failures.IsEmpty ? 0 : 1;
    }

    /// <summary>Runs one seed, and prints its journal and violations.</summary>
    public static int RunOne(int seed, bool isLogged)
    {
        var life = new Life(seed, isLogged);
        var violations = RunGuarded(life);
        foreach (var line in life.World.Journal.Lines)
            Console.WriteLine(line);

        var world = life.World;
        Console.WriteLine(
            $"seed {seed}: {world.Agenda.Count} events, {world.Account.Stories.Count} jobs, "
            + $"{world.Wire.Lines} lines with {world.Wire.Jobs} copies, {world.Account.Taken} of them accepted, "
            + $"{world.Account.Changes} changes, {world.Account.Resent} resent, fingerprint {world.Agenda.Fingerprint:x16}");
        foreach (var violation in violations)
            Console.WriteLine($"  {violation}");

        return violations.Count is 0 ? 0 : 1;
    }

    private static IReadOnlyList<string> RunGuarded(Life life)
    {
        try
        {
            return life.Run();
        }
#pragma warning disable CA1031 // An exception of the core is reported as a violation.
        catch (Exception problem)
        {
            return [.. life.World.Account.Violations, problem.ToString()];
        }
#pragma warning restore CA1031
    }
}
