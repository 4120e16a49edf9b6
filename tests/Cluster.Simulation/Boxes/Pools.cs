using System.Globalization;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>
/// What <c>meeseeks-box/Pools</c> does: takes what is to start, and runs it as its words say: <c>["work", seconds, "done" | "failed" | "flaky" | "unable"]</c>.
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
            box.InThisLife(Reaction, () =>
            {
                _ = _woken.Remove(pool);
                while (box.Do(Turn.Own, (core, now) => core.ClaimNext(pool, now)) is { } run)
                {
                    Begin(run);
                }
            });
        }
    }

    /// <summary>Ends a run before its time: its process needs a while to go.</summary>
    public void Stop(Run run)
    {
        if (_runs.Contains(run))
        {
            box.InThisLife(world.Between(0.001, 0.3), () => End(run, new RunResult(false, -9)));
        }
    }

    /// <summary>The box is gone, and so are its processes.</summary>
    public void Clear()
    {
        _runs.Clear();
        _woken.Clear();
    }

    private void Begin(Run run)
    {
        _ = _runs.Add(run);
        world.Account.NoteTaken(box, run);
        if (run.Job.Pool is NodeSettings.ConfigPool)
        {
            box.InThisLife(0.01, () =>
            {
                var slots = run.Job.Settings!.Value.GetProperty("slots").GetInt32();
                world.Tell($"{box.Name} is given {slots} slots from afar");
                box.Configure(box.Plan with { Settings = WithSlots(box.Plan.Settings, slots) });
                End(run, new RunResult(true));
            });
            return;
        }

        var outcome = run.Job.Args[2];
        box.InThisLife(world.Between(0.001, 0.01), () =>
        {
            if (!_runs.Contains(run) || run.Stop is not StopReason.None)
            {
                return;
            }

            if (outcome is "unable")
            {
                End(run, new RunResult(false, null, "no such program"));
                return;
            }

            box.Do(Turn.Own, (core, now) => core.Started(run, 1, now));
            world.Account.NoteStarted(box, run);
            var seconds = double.Parse(run.Job.Args[1], CultureInfo.InvariantCulture);
            box.InThisLife(seconds, () => End(run, Ended(outcome)));
        });
    }

    private static NodeSettings WithSlots(NodeSettings settings, int slots) =>
        settings with { Pools = settings.Pools.ToDictionary(pool => pool.Key, pool => pool.Value with { Slots = slots }) };

    private RunResult Ended(string outcome) => outcome is "done" || (outcome is "flaky" && world.Dice.Next(2) is 0) ? new RunResult(true, 0) : new RunResult(false, 1);

    private void End(Run run, RunResult end)
    {
        if (_runs.Remove(run))
        {
            world.Account.NoteEnding(box, run);
            box.Do(Turn.Own, (core, now) => core.Ended(run, end, now));
        }
    }
}
