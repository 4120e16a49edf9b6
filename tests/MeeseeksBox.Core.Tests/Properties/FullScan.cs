using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>Works out every index of a ledger from all of its jobs, the slow way, and compares.</summary>
internal sealed class FullScan
{
    private readonly NodeCore _core;
    private readonly NodeCoreState _state;
    private readonly List<JobEntry> _entries = [];

    private FullScan(NodeCore core)
    {
        _core = core;
        _state = core.State;
        for (var entry = _state.Jobs.Changes.First; entry is not null; entry = _state.Jobs.Changes.Next(entry))
        {
            _entries.Add(entry);
        }
    }

    private NodeSettings Settings => _state.Settings;

    /// <summary>Throws when any index does not say what a look at all jobs says.</summary>
    public static void Verify(NodeCore core)
    {
        var scan = new FullScan(core);
        scan.VerifyChanges();
        scan.VerifyQueues();
        scan.VerifyWaiting();
        scan.VerifyDueLists();
        scan.VerifyRuns();
        scan.VerifyNodes();
        scan.VerifyNothingIsLeftToRoute();
    }

    private static void Demand(bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException(rule);
        }
    }

    private void VerifyChanges()
    {
        Demand(_entries.Count == _core.Count, "the change list holds every job");
        Demand(_entries.All(entry => _state.Jobs.TryFind(entry.Job.Id, out var found) && found == entry), "what is in the change list is found by id");
        Demand(_entries.Zip(_entries.Skip(1)).All(pair => pair.First.Job.Seq < pair.Second.Job.Seq), "the change list is in the order of seq");
        Demand(_entries.Count is 0 || _entries[^1].Job.Seq <= _core.Seq, "no job has a number that was not given yet");
        Demand(_entries.All(entry => !entry.Job.HasEnded || entry.IsEndRecorded), "every end was told to the history");
    }

    private void VerifyQueues()
    {
        Demand(_entries.All(entry => entry.Queue?.Key == Place(entry.Job)), "every job is in its queue");
        Demand(_entries.All(entry => entry.Queue is not { } queue || _state.Jobs.Queues[queue.Key] == queue), "every queue is found by its key");
        foreach (var (key, queue) in _state.Jobs.Queues)
        {
            Demand(queue.Occupied == _entries.Count(entry => Place(entry.Job) == key), $"the jobs of {key} are counted");
            Demand(queue.Occupied > 0, "an empty queue is dropped");
        }
    }

    private void VerifyWaiting()
    {
        foreach (var queue in _state.Jobs.Queues.Values)
        {
            Demand(queue.Waiting.SetEquals(_entries.Where(entry => entry.IsWaiting && entry.Queue == queue)), "those that wait are in the queue's list");
        }

        foreach (var entry in _entries)
        {
            Demand(!entry.IsWaiting || MayWait(entry), $"job {entry.Job.Id} waits and must not");
            Demand(entry.IsWaiting || !MayWait(entry) || _state.Jobs.NextDelayed <= entry.NotBefore, $"job {entry.Job.Id} does not wait and should");
        }
    }

    private void VerifyDueLists()
    {
        var lists = _entries.Select(entry => entry.DueList).Append(_state.Jobs.Ended).Append(_state.Jobs.AtWorkElsewhere).Append(_state.Jobs.Leased)
            .Append(_state.Jobs.WaitingElsewhere).OfType<IntrusiveList>().Distinct();
        Demand(_entries.All(entry => entry.DueList == DueList(entry)), "every job is in the right list of deadlines");
        foreach (var list in lists)
        {
            var listed = new List<JobEntry>();
            for (var entry = list.First; entry is not null; entry = list.Next(entry))
            {
                listed.Add(entry);
            }

            Demand(listed.Count == _entries.Count(entry => entry.DueList == list), "a list of deadlines holds all of its jobs");
            Demand(listed.All(entry => entry.DueList == list), "a list of deadlines holds no other jobs");
            Demand(listed.Zip(listed.Skip(1)).All(pair => pair.First.TouchedAt <= pair.Second.TouchedAt), "a list of deadlines is in the order of touch");
            Demand(list.Last == listed.LastOrDefault(), "a list of deadlines ends with its last job");
        }
    }

    private void VerifyRuns()
    {
        var runs = _state.Runs;
        Demand(runs.All.GroupBy(run => run.Job.Pool).All(pool => runs.Taken(pool.Key) == pool.Count()), "the slots that are taken are counted");
        Demand(Settings.Pools.Keys.All(pool => runs.Taken(pool) == runs.All.Count(run => run.Job.Pool == pool)), "a free pool has no slots taken");
        var limits = runs.All.Where(run => run.Stop is Core.Scheduling.StopReason.None && run.LimitAt is not null).Select(run => run.LimitAt).ToArray();
        Demand(limits.Length is 0 || runs.NextLimit <= limits.Min(), "the earliest time limit is known");
        Demand(runs.NextLimit is null || runs.All.Any(run => run.LimitAt == runs.NextLimit), "no time limit outlives its run");
        Demand(_entries.All(entry => entry.Run is not { } run || (runs.All.Contains(run) && run.Job.Id == entry.Job.Id)), "the run of a job is a run");
        Demand(_entries.All(entry => entry.Run is null || entry.StaleRun is null), "no job runs while a stale run of it is under way");
    }

    private void VerifyNodes()
    {
        var nodes = _state.Nodes;
        foreach (var pool in new[] { "p1", "p2", "p3" })
        {
            var online = nodes.All.Where(node => node.Status.Online && node.Status.Pools.ContainsKey(pool)).Select(node => node.Name);
            Demand(nodes.WithPool(pool).Select(node => node.Name).Order().SequenceEqual(online.Order()), "the nodes of a pool are known");
        }
    }

    private void VerifyNothingIsLeftToRoute()
    {
        foreach (var pool in _entries.Where(entry => entry.IsWaiting && entry.Queue!.Key.Node is null).Select(entry => entry.Job.Pool).Distinct())
        {
            var slots = _core.Nodes.WithPool(pool).Select(node => (node.Name, Offer: node.Status.Pools[pool])).ToList();
            if (Settings.Pools.TryGetValue(pool, out var own))
            {
                slots.Add((Settings.Name, own.Offer));
            }

            var open = slots.Where(node => !node.Offer.IsDraining
                && (Settings.WaitInPool || node.Offer.Limit is null || node.Offer.Limit > _state.Jobs.Occupied(node.Name, pool)));
            Demand(!open.Any() || pool is NodeSettings.ConfigPool, $"a job for {pool} waits for a node though there is one");
        }
    }

    private bool IsHere(Job job) => job.Node == Settings.Name && Settings.Pool(job.Pool) is not null;

    private QueueKey? Place(Job job)
    {
        if (job.State is JobState.New or JobState.Running)
        {
            return job.Node is null || (job.Node == Settings.Name && !IsHere(job)) ? new(null, job.Pool) : new(job.Node, job.Pool);
        }

        return job.Active && job.Node is not null ? new(job.Node, job.Pool) : null;
    }

    private bool MayWait(JobEntry entry)
    {
        var job = entry.Job;
        return job.State is JobState.New && entry.Run is null && entry.StaleRun is null && Place(job) is { } place
            && (place.Node is null ? job.Hold is not true || Settings.WaitInPool : place.Node == Settings.Name && job.Hold is not true);
    }

    private IntrusiveList? DueList(JobEntry entry) => (Place(entry.Job), entry.Job) switch
    {
        (null, _) => _state.Jobs.Ended,
        ({ Node: null }, _) => null,
        ({ } place, _) when place.Node == Settings.Name => entry.Queue!.Live,
        (_, { State: JobState.New, Active: false }) when entry.DueList is null => null,
        (_, { State: JobState.New, Active: false }) => _state.Jobs.WaitingElsewhere,
        (_, { IsLive: true, Node: { } node }) when _state.Nodes.Find(node) is { Status: { Ver: null, Online: true } } => _state.Jobs.Leased,
        _ => _state.Jobs.AtWorkElsewhere,
    };
}
