using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>Compares every index of a core with a full scan of its jobs.</summary>
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
            _entries.Add(entry);
    }

    private NodeSettings Settings => _state.Settings;

    /// <summary>Throws when an index differs from the scan.</summary>
    public static void Verify(NodeCore core)
    {
        var scan = new FullScan(core);
        scan.VerifyChanges();
        scan.VerifyQueues();
        scan.VerifyWaiting();
        scan.VerifyDueLists();
        scan.VerifyRuns();
        scan.VerifyNodes();
        scan.VerifyPeers();
        scan.VerifyNothingIsLeftToRoute();
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new InvalidOperationException(rule);
    }

    private void VerifyChanges()
    {
        Require(_entries.Count == _core.Count, "the change list holds every job");
        Require(
            _entries.All(entry => _state.Jobs.TryFind(entry.Job.Id, out var found) && found == entry),
            "every job of the change list is found by id");
        Require(
            _entries.Zip(_entries.Skip(1)).All(pair => pair.First.Job.Seq < pair.Second.Job.Seq),
            "the change list is in the order of seq");
        Require(_entries.Count is 0 || _entries[^1].Job.Seq <= _core.Seq, "no job has a number of change above that of the core");
        Require(_entries.All(entry => !entry.Job.HasEnded || entry.IsEndRecorded), "every end is in the history");
    }

    private void VerifyQueues()
    {
        Require(_entries.All(entry => entry.Queue?.Key == Place(entry.Job)), "every job is in its queue");
        Require(
            _entries.All(entry => entry.Queue is not { } queue || _state.Jobs.Queues.All[queue.Key] == queue),
            "every queue is found by its key");
        foreach (var (key, queue) in _state.Jobs.Queues.All)
        {
            Require(queue.Occupied == _entries.Count(entry => Place(entry.Job) == key), $"the jobs of {key} are counted");
            Require(queue.Occupied > 0, "an empty queue is dropped");
            Require(queue.Jobs.All.ToHashSet().SetEquals(_entries.Where(entry => entry.Queue == queue)), $"the jobs of {key} are listed");
        }

        foreach (var jobs in _entries.Where(entry => entry.Queue?.Key.Node is not null).GroupBy(entry => entry.Queue!.Key.Node!))
            Require(_state.Jobs.Queues.OnNode(jobs.Key).ToHashSet().SetEquals(jobs), $"the jobs on {jobs.Key} are known");

        var unassigned = _state.Jobs.Queues.All.Keys.Where(key => key.Node is null).Select(key => key.Pool);
        Require(_state.Jobs.Queues.Unassigned.Keys.Order().SequenceEqual(unassigned.Order()), "the pools of unassigned jobs are known");
    }

    private void VerifyWaiting()
    {
        foreach (var queue in _state.Jobs.Queues.All.Values)
        {
            Require(
                queue.Waiting.SetEquals(_entries.Where(entry => entry.IsWaiting && entry.Queue == queue)),
                "the list of a queue holds the waiting jobs");
        }

        foreach (var entry in _entries)
        {
            Require(!entry.IsWaiting || MayWait(entry), $"job {entry.Job.Id} waits and must not");
            Require(
                entry.IsWaiting || !MayWait(entry) || _state.Jobs.NextDelayed <= entry.NotBefore,
                $"job {entry.Job.Id} does not wait and should");
        }
    }

    private void VerifyDueLists()
    {
        var lists = _entries.Select(entry => entry.DueList)
            .Append(_state.Jobs.Deadlines.Ended).Append(_state.Jobs.Deadlines.AtWorkElsewhere).Append(_state.Jobs.Deadlines.Leased)
            .Append(_state.Jobs.Deadlines.LeasedToLegacy)
            .Append(_state.Jobs.Deadlines.WaitingElsewhere).OfType<IntrusiveList>().Distinct();
        Require(_entries.All(entry => entry.DueList == DueList(entry)), "every job is in the right list of deadlines");
        foreach (var list in lists)
        {
            var listed = new List<JobEntry>();
            for (var entry = list.First; entry is not null; entry = list.Next(entry))
                listed.Add(entry);

            Require(listed.Count == _entries.Count(entry => entry.DueList == list), "a list of deadlines holds all of its jobs");
            Require(listed.All(entry => entry.DueList == list), "a list of deadlines holds no other jobs");
            Require(
                listed.Zip(listed.Skip(1)).All(pair => pair.First.TouchedAt <= pair.Second.TouchedAt),
                "a list of deadlines is in the order of touch");
            Require(list.Last == listed.LastOrDefault(), "a list of deadlines ends with its last job");
        }
    }

    private void VerifyRuns()
    {
        var runs = _state.Runs;
        var pools = runs.All.GroupBy(run => run.Job.Spec.Pool);
        Require(pools.All(pool => runs.Taken(pool.Key) == pool.Count()), "the taken slots are counted");
        Require(
            Settings.Pools.Keys.All(pool => runs.Taken(pool) == runs.All.Count(run => run.Job.Spec.Pool == pool)),
            "a free pool has no slots taken");
        var limits = runs.All.Where(run => run.Stop is Core.Runs.StopReason.None && run.LimitAt is not null)
            .Select(run => run.LimitAt).ToArray();
        Require(limits.Length is 0 || runs.NextLimit <= limits.Min(), "the earliest time limit is known");
        Require(runs.NextLimit is null || runs.All.Any(run => run.LimitAt == runs.NextLimit), "no time limit outlives its run");
        Require(
            _entries.All(entry => entry.Run is not { } run || (runs.All.Contains(run) && run.Job.Id == entry.Job.Id)),
            "the run of a job is in the table of runs");
        Require(_entries.All(entry => entry.Run is null || entry.StaleRun is null), "no job runs during a stale run of it");
    }

    private void VerifyNodes()
    {
        var nodes = _state.Nodes;
        foreach (var pool in new[] { "p1", "p2", "p3" })
        {
            var online = nodes.All.Where(node => node.Status.Online && node.Status.Pools.ContainsKey(pool)).Select(node => node.Name);
            Require(nodes.WithPool(pool).Select(node => node.Name).Order().SequenceEqual(online.Order()), "the nodes of a pool are known");
            VerifySelector(pool);
        }

        var bySeq = nodes.All.OrderBy(node => node.Seq).Select(node => node.Name).ToList();
        for (var count = 0; count < bySeq.Count; count++)
        {
            var changed = nodes.ChangesSince(nodes.Find(bySeq[^(count + 1)])!.Seq).Changed.Select(node => node.Name);
            Require(changed.SequenceEqual(bySeq.TakeLast(count).Order(StringComparer.Ordinal)), "the nodes that changed last are known");
        }
    }

    private void VerifyPeers()
    {
        foreach (var peer in _core.Peers.Select(_state.Peers.Find))
        {
            Require(
                peer.Known.All(id => !_state.Jobs.TryFind(id, out var entry) || entry.Peers.Contains(peer.Name)),
                "a job knows the peers that have it");
        }

        foreach (var node in _state.Nodes.All)
        {
            var peers = _core.Peers.Where(peer => _state.Nodes.IsReachedThrough(peer, node.Name));
            Require(peers.Order().SequenceEqual(_state.Nodes.PeersOf(node.Name).Order()), "the peers that report a node are known");
        }
    }

    private void VerifySelector(string pool)
    {
        var offers = _state.Nodes.All.Where(node => node.Status.Online && node.Status.Pools.ContainsKey(pool))
            .Select(node => (node.Name, Slots: node.Status.Pools[pool], node.Status.Loadavg));
        if (Settings.Pools.TryGetValue(pool, out var own))
            offers = offers.Append((Settings.Name, own.Offer, _state.OwnLoadavg));

        var candidates = from offer in offers
                         where !offer.Slots.IsDraining
                         let occupied = _entries.Count(entry => Place(entry.Job) == new QueueKey(offer.Name, pool))
                         select (offer.Name, offer.Slots.Limit - occupied, offer.Loadavg);
        var selector = _core.Placement.Selectors.GetValueOrDefault(pool);
        Require(candidates.ToHashSet().SetEquals(selector?.Candidates ?? []), $"the nodes that can take jobs of {pool} are up to date");
    }

    private void VerifyNothingIsLeftToRoute()
    {
        var unassigned = _entries.Where(entry => entry.IsWaiting && entry.Queue!.Key.Node is null);
        foreach (var pool in unassigned.Select(entry => entry.Job.Spec.Pool).Distinct())
        {
            var slots = _core.Nodes.WithPool(pool).Select(node => (node.Name, Offer: node.Status.Pools[pool])).ToList();
            if (Settings.Pools.TryGetValue(pool, out var own))
                slots.Add((Settings.Name, own.Offer));

            var open = slots.Where(node => !node.Offer.IsDraining
                && (Settings.WaitInPool || node.Offer.Limit is null || node.Offer.Limit > _state.Jobs.Occupied(node.Name, pool)));
            Require(!open.Any() || pool is NodeSettings.ConfigPool, $"a job for {pool} waits although a node has a free slot");
        }
    }

    private bool IsHere(Job job) => job.Status.Node == Settings.Name && Settings.Pool(job.Spec.Pool) is not null;

    private QueueKey? Place(Job job)
    {
        if (job.Status.State is JobState.New or JobState.Running)
        {
            var isUnassigned = job.Status.Node is null || (job.Status.Node == Settings.Name && !IsHere(job));
            return new(isUnassigned ? null : job.Status.Node, job.Spec.Pool);
        }

        return job.Status.Active && job.Status.Node is not null ? new(job.Status.Node, job.Spec.Pool) : null;
    }

    private bool MayWait(JobEntry entry)
    {
        var job = entry.Job;
        return job.Status.State is JobState.New && entry.Run is null && entry.StaleRun is null && Place(job) is { } place
            && (place.Node is null || place.Node == Settings.Name)
            && (job.Spec.Hold is not true || (place.Node is null && Settings.WaitInPool));
    }

    private IntrusiveList? DueList(JobEntry entry) => (Place(entry.Job), entry.Job) switch
    {
        (null, _) => _state.Jobs.Deadlines.Ended,
        ({ Node: null }, _) => null,
        ({ } place, _) when place.Node == Settings.Name => entry.Queue!.Live,
        (_, { Status: { State: JobState.New, Active: false } }) when entry.DueList is null => null,
        (_, { Status.Node: { } node }) when _state.Nodes.Find(node) is { Status: { Ver: not null, Online: true, HasLease: true } } =>
            _state.Jobs.Deadlines.Leased,
        (_, { Status: { State: JobState.New, Active: false } }) => _state.Jobs.Deadlines.WaitingElsewhere,
        (_, { IsLive: true, Status.Node: { } node }) when _state.Nodes.Find(node) is { Status: { Ver: null, Online: true } } =>
            _state.Jobs.Deadlines.LeasedToLegacy,
        _ => _state.Jobs.Deadlines.AtWorkElsewhere,
    };
}
