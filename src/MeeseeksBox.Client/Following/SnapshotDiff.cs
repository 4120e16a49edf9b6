using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Following;

/// <summary>Finds what is new in a list of all jobs, for a peer that only ever tells all.</summary>
internal sealed class SnapshotDiff
{
    private Dictionary<string, Job>? _last;

    /// <summary>Takes note of all jobs, of which somebody has been told.</summary>
    public void Note(IEnumerable<Job> jobs) => _last = jobs.ToDictionary(job => job.Id);

    /// <summary>What is to be told of these jobs: null when nothing is new; all of them the first time, and when one is gone.</summary>
    public JobUpdate? Find(IReadOnlyList<Job> jobs)
    {
        var last = _last;
        Note(jobs);
        if (last is null || last.Keys.Any(id => !_last!.ContainsKey(id)))
        {
            return new JobUpdate(jobs, IsSnapshot: true);
        }

        var changed = jobs.Where(job => !last.TryGetValue(job.Id, out var before) || IsChanged(before, job)).ToList();
        return changed.Count > 0 ? new JobUpdate(changed, IsSnapshot: false) : null;
    }

    // Every change moves ts and seq, but a job that has not been routed yet may have neither.
    private static bool IsChanged(Job before, Job now) =>
        (before.Ts, before.Seq, before.State, before.Active, before.Node, before.StartCount)
        != (now.Ts, now.Seq, now.State, now.Active, now.Node, now.StartCount);
}
