using System.Globalization;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>
/// Simulated pools, in place of <c>meeseeks-box/Pools</c>. A job runs as its args say:
/// <c>["work", seconds, "done" | "failed" | "flaky" | "unable"]</c>.
/// </summary>
internal sealed class Pools(Box box, World world)
{
    private const double Reaction = 0.0002;

    private readonly HashSet<string> _woken = [];
    private readonly HashSet<Run> _runs = [];

    public void Wake(string pool)
    {
        if (_woken.Add(pool))
        {
            box.InThisInstance(Reaction, () =>
            {
                _ = _woken.Remove(pool);
                while (box.Do(Turn.Own, (core, now) => core.ClaimNext(pool, now)) is { } run)
                    Begin(run);
            });
        }
    }

    /// <summary>Cancels a run. Its process ends after a delay.</summary>
    public void Stop(Run run)
    {
        if (_runs.Contains(run))
            box.InThisInstance(world.Between(0.001, 0.3), () => End(run, new RunResult(false, -9)));
    }

    /// <summary>Drops all runs, because the box has ended with its processes.</summary>
    public void Clear()
    {
        _runs.Clear();
        _woken.Clear();
    }

    private void Begin(Run run)
    {
        _ = _runs.Add(run);
        world.Account.NoteTaken(box, run);
        if (run.Job.Spec.Pool is NodeSettings.ConfigPool)
        {
            box.InThisInstance(0.01, () =>
            {
                var slots = run.Job.Spec.Settings!.Value.GetProperty("slots").GetInt32();
                world.Log($"remote configuration of {box.Name}: {slots} slots");
                box.Configure(box.Plan with { Settings = WithSlots(box.Plan.Settings, slots) });
                End(run, new RunResult(true));
            });
            return;
        }

        var outcome = run.Job.Spec.Args[2];
        box.InThisInstance(world.Between(0.001, 0.01), () =>
        {
            if (!_runs.Contains(run) || run.Stop is not StopReason.None)
                return;

            if (outcome is "unable")
            {
                End(run, new RunResult(false, null, "no such program"));
                return;
            }

            box.Do(Turn.Own, (core, now) => core.Started(run, 1, now));
            world.Account.NoteStarted(box, run);
            var seconds = double.Parse(run.Job.Spec.Args[1], CultureInfo.InvariantCulture);
            box.InThisInstance(seconds, () => End(run, Ended(outcome)));
        });
    }

    private static NodeSettings WithSlots(NodeSettings settings, int slots) =>
        settings with { Pools = settings.Pools.ToDictionary(pool => pool.Key, pool => pool.Value with { Slots = slots }) };

    private RunResult Ended(string outcome) => outcome is "done" || (outcome is "flaky" && world.Random.Next(2) is 0)
        ? new RunResult(true, 0)
        : new RunResult(false, 1);

    private void End(Run run, RunResult end)
    {
        if (_runs.Remove(run))
        {
            world.Account.NoteEnding(box, run);
            box.Do(Turn.Own, (core, now) => core.Ended(run, end, now));
        }
    }
}
