using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>What must hold when all is healed and the cluster has come to rest.</summary>
internal sealed class Invariants(World world)
{
    private Account Account => world.Account;

    public bool AllHaveEnded => world.Boxes.Values.All(box => box.Core.Runs.Count is 0 && Copies(box).All(job => job.HasEnded));

    public void CheckEnds()
    {
        foreach (var box in world.Boxes.Values)
        {
            foreach (var job in Copies(box).Where(job => !job.HasEnded))
            {
                Account.Blame($"on {box.Name} a job does not end: {Account.Show(job)}");
            }
        }

        foreach (var story in Account.Stories.Where(story => story.Lost is null && !story.HasEnded))
        {
            if (!world.Boxes.Values.Any(box => box.Core.Find(story.Id) is not null))
            {
                Account.Blame($"{story.Id} is lost: nobody has it, and it never ended");
            }
        }
    }

    public void CheckAgreement()
    {
        var copies = world.Boxes.Values.ToDictionary(box => box.Name, box => Copies(box).Select(View).ToDictionary(view => view.Id));

        // Two heads tell each other nothing of an end when no node between them has a copy any more.
        foreach (var (above, name) in world.Boxes.Values.SelectMany(above => above.Plan.Downstream.Select(name => (above.Name, name))))
        {
            foreach (var view in copies[above].Values)
            {
                if (copies[name].TryGetValue(view.Id, out var other) && other != view)
                {
                    Account.Blame($"two boxes do not agree: {above}: {view}; {name}: {other}");
                }
            }
        }
    }

    /// <summary>Every box must know of all that it can reach, as they are now.</summary>
    public void CheckNodes()
    {
        foreach (var box in world.Boxes.Values)
        {
            var below = Below(box);
            var known = box.Core.Nodes.All.ToDictionary(node => node.Name);
            if (!known.Keys.ToHashSet().SetEquals(below))
            {
                Account.Blame($"{box.Name} knows of {string.Join(' ', known.Keys)} and reaches {string.Join(' ', below.Order())}");
                continue;
            }

            foreach (var node in known.Values)
            {
                var pools = world.Boxes[node.Name].Core.Settings.Pools;
                if (!node.Status.Online || !pools.Keys.ToHashSet().SetEquals(node.Status.Pools.Keys)
                    || pools.Any(pool => node.Status.Pools[pool.Key] != pool.Value.Offer))
                {
                    Account.Blame($"{box.Name} takes {node.Name} for {(node.Status.Online ? "online" : "offline")}, with {string.Join(' ', node.Status.Pools)}");
                }

                var reached = Below(world.Boxes[node.Name]).Append(node.Name).Order(StringComparer.Ordinal);
                if (!node.Status.Routing.Order(StringComparer.Ordinal).SequenceEqual(reached))
                {
                    Account.Blame($"{box.Name} believes that {node.Name} reaches {string.Join(' ', node.Status.Routing)}");
                }
            }
        }
    }

    /// <summary>What was killed must not be under way long after all have heard of it.</summary>
    public void CheckKills()
    {
        foreach (var box in world.Boxes.Values)
        {
            foreach (var run in box.Core.Runs)
            {
                if (box.Core.Find(run.Job.Id) is { } job && Account.Story(job.Id).Kills.Any(kill => kill.Epoch == job.Epoch && !MayBeUndone(kill, box)))
                {
                    Account.Blame($"{job.Id} was killed and runs on: {Account.Show(job)}");
                }
            }
        }
    }

    /// <summary>Jobs that have ended must leave everywhere, and not be handed to and fro.</summary>
    public void CheckLeft()
    {
        foreach (var box in world.Boxes.Values.Where(box => Copies(box).Any()))
        {
            Account.Blame($"{box.Name} still has {string.Join(' ', Copies(box).Select(Account.Show))}");
        }
    }

    // A copy of a job whose node is no part of the cluster that a box belongs to tells nothing: a node that two clusters share brought it.
    private IEnumerable<Job> Copies(Box box) =>
        box.Jobs.Where(job => job.Node is null || job.Node == box.Name || world.Boxes.Values.Any(above => Covers(above, box.Name) && Covers(above, job.Node)));

    private bool Covers(Box above, string name) => above.Name == name || Below(above).Contains(name);

    // A box that crashes goes on from its state file, in which the job may be alive; what has left the table is remembered for one life only.
    private bool MayBeUndone(JobStory.Kill kill, Box runner) => Account.EndedSince(runner.Name, kill.Time) || Account.EndedSince(kill.Box, kill.Time);

    private HashSet<string> Below(Box box)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(box.Plan.Downstream);
        while (queue.TryDequeue(out var name))
        {
            if (below.Add(name))
            {
                foreach (var next in world.Boxes[name].Plan.Downstream)
                {
                    queue.Enqueue(next);
                }
            }
        }

        return below;
    }

    private static CopyView View(Job job) =>
        new(job.Id, job.Epoch, job.State, job.Active, job.Node, job.Rc, job.StartCount, job.FailCount, job.Error, string.Join(' ', job.Tags), job.Retries);
}
