using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Checks;

/// <summary>The invariants of a healed and idle cluster.</summary>
internal sealed class Invariants(World world)
{
    private Account Account => world.Account;

    public bool AllHaveEnded => world.Boxes.Values.All(box => box.Core.Runs.Count is 0 && Copies(box).All(job => job.HasEnded));

    public void CheckEnds()
    {
        foreach (var box in world.Boxes.Values)
        {
            foreach (var job in Copies(box).Where(job => !job.HasEnded))
                Account.Report($"on {box.Name} a job does not end: {Account.Show(job)}");
        }

        foreach (var story in Account.Stories.Where(story => story.Lost is null && !story.HasEnded))
        {
            if (!world.Boxes.Values.Any(box => box.Core.Find(story.Id) is not null))
                Account.Report($"{story.Id} is lost: no box has it, and it never ended");
        }
    }

    public void CheckAgreement()
    {
        var copies = world.Boxes.Values.ToDictionary(box => box.Name, box => Copies(box).Select(View).ToDictionary(view => view.Id));

        // Only directly linked boxes must agree: two heads do not exchange an end when no node between them has a copy.
        foreach (var (above, name) in world.Boxes.Values.SelectMany(above => above.Plan.Downstream.Select(name => (above.Name, name))))
        {
            foreach (var view in copies[above].Values)
            {
                if (copies[name].TryGetValue(view.Id, out var other) && other != view)
                    Account.Report($"two boxes do not agree: {above}: {view}; {name}: {other}");
            }
        }
    }

    /// <summary>Checks that every box has the current status of all boxes that it can reach.</summary>
    public void CheckNodes()
    {
        foreach (var box in world.Boxes.Values)
        {
            var below = Below(box);
            var known = box.Core.Nodes.All.ToDictionary(node => node.Name);
            if (!known.Keys.ToHashSet().SetEquals(below))
            {
                Account.Report($"{box.Name} lists {string.Join(' ', known.Keys)} and reaches {string.Join(' ', below.Order())}");
                continue;
            }

            foreach (var node in known.Values)
            {
                var pools = world.Boxes[node.Name].Core.Settings.Pools;
                if (!node.Status.Online || !pools.Keys.ToHashSet().SetEquals(node.Status.Pools.Keys)
                    || pools.Any(pool => node.Status.Pools[pool.Key] != pool.Value.Offer))
                {
                    var online = node.Status.Online ? "online" : "offline";
                    Account.Report($"{box.Name} reports {node.Name} as {online}, with {string.Join(' ', node.Status.Pools)}");
                }

                var reached = Below(world.Boxes[node.Name]).Append(node.Name).Order(StringComparer.Ordinal);
                if (!node.Status.Routing.Order(StringComparer.Ordinal).SequenceEqual(reached))
                    Account.Report($"{box.Name} reports that {node.Name} reaches {string.Join(' ', node.Status.Routing)}");
            }
        }
    }

    /// <summary>Checks that no killed job runs after the kill has reached all boxes.</summary>
    public void CheckKills()
    {
        foreach (var box in world.Boxes.Values)
        {
            foreach (var run in box.Core.Runs)
            {
                if (box.Core.Find(run.Job.Id) is { } job
                    && Account.Story(job.Id).Kills.Any(kill => kill.At > job.Status.OrderedAt && !MayBeUndone(kill, box)))
                {
                    Account.Report($"{job.Id} was killed and runs on: {Account.Show(job)}");
                }
            }
        }
    }

    /// <summary>Checks that the only change of a spec has reached all boxes.</summary>
    public void CheckSpecChanges()
    {
        foreach (var story in Account.Stories.Where(story => story is { SpecChanges.Count: 1, IsSetBack: false }))
        {
            var change = story.SpecChanges[0];
            if (change.Tag is null || story.HasUnconfirmedKill || Account.EndedSince(change.Box, change.Time))
                continue;

            foreach (var box in world.Boxes.Values.Where(box => Covers(world.Boxes[change.Box], box.Name)))
            {
                if (Copies(box).FirstOrDefault(job => job.Id == story.Id) is { } job && !IsLong(job) && !job.Spec.Tags.Contains(change.Tag))
                    Account.Report($"{box.Name} lacks the change of {job.Id} at {change.Box} to {change.Tag}: {Account.Show(job)}");
            }
        }
    }

    /// <summary>Checks that the processes of each run are stopped exactly when the copies of its job say so.</summary>
    public void CheckSuspensions()
    {
        foreach (var box in world.Boxes.Values)
        {
            foreach (var run in box.Core.Runs)
            {
                if (box.Core.Find(run.Job.Id) is { IsLive: true } job && job.Spec.Suspended is true != run.IsSuspended)
                    Account.Report($"the run of {job.Id} is {(run.IsSuspended ? "" : "not ")}suspended: {Account.Show(job)}");
            }
        }
    }

    /// <summary>Checks that ended jobs expire on all boxes.</summary>
    public void CheckLeft()
    {
        foreach (var box in world.Boxes.Values.Where(box => Copies(box).Any()))
            Account.Report($"{box.Name} still has {string.Join(' ', Copies(box).Select(Account.Show))}");
    }

    // Leaves out copies from another cluster, which reached the box through a node that two clusters share.
    private IEnumerable<Job> Copies(Box box) =>
        box.Jobs.Where(job => job.Status.Node is null || job.Status.Node == box.Name
            || world.Boxes.Values.Any(above => Covers(above, box.Name) && Covers(above, job.Status.Node)));

    private bool Covers(Box above, string name) => above.Name == name || Below(above).Contains(name);

    // A crashed box restores its state file, in which the job may be live. Tombstones last for one instance of a box only. Where the box of
    // the kill does not reach the one of the run, the kill travels by a copy that a box between them may have lost.
    private bool MayBeUndone(JobStory.Kill kill, Box runner) =>
        Account.EndedSince(runner.Name, kill.Time) || Account.EndedSince(kill.Box, kill.Time)
        || (Account.HasAnyEnded && !Covers(world.Boxes[kill.Box], runner.Name));

    private HashSet<string> Below(Box box)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(box.Plan.Downstream);
        while (queue.TryDequeue(out var name))
        {
            if (below.Add(name))
            {
                foreach (var next in world.Boxes[name].Plan.Downstream)
                    queue.Enqueue(next);
            }
        }

        return below;
    }

    // Its change may not fit into the line that a box accepts.
    private static bool IsLong(Job job) => job.Spec.Args is [_, _, _, { Length: > 1000 }];

    private static CopyView View(Job job)
    {
        var status = job.Status;
        return new(
            job.Id, status.Epoch, status.State, status.Active, status.Node, status.Rc, status.StartCount, status.FailCount, status.Error,
            IsLong(job) ? "" : string.Join(' ', job.Spec.Tags), job.Spec.Retries, job.Spec.Suspended is true);
    }
}
