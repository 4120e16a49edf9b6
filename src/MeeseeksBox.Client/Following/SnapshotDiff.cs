using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Following;

/// <summary>Finds the changes between two lists of all jobs, for nodes that only send complete lists.</summary>
internal sealed class SnapshotDiff
{
    private Dictionary<string, Job>? _last;

    /// <summary>Stores the list that the next one is compared with.</summary>
    public void Note(IEnumerable<Job> jobs) => _last = jobs.ToDictionary(job => job.Id);

    /// <summary>The update to the last list: null without changes, all jobs the first time and after a removal.</summary>
    public JobUpdate? Find(IReadOnlyList<Job> jobs)
    {
        var last = _last;
        Note(jobs);
        if (last is null || last.Keys.Any(id => !_last!.ContainsKey(id)))
            return new JobUpdate(jobs, IsSnapshot: true);

        var changed = jobs.Where(job => !last.TryGetValue(job.Id, out var before) || IsChanged(before, job)).ToList();
        return changed.Count > 0 ? new JobUpdate(changed, IsSnapshot: false) : null;
    }

    // Every change sets ts and seq, but an unrouted job may have neither.
    private static bool IsChanged(Job before, Job now) =>
        (before.Ts, before.Seq, before.Status.State, before.Status.Active, before.Status.Node, before.Status.StartCount)
        != (now.Ts, now.Seq, now.Status.State, now.Status.Active, now.Status.Node, now.Status.StartCount);
}
