using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>The tables of the core, on which its rules work.</summary>
internal sealed class NodeCoreState
{
    public NodeCoreState(NodeSettings settings, Random random)
    {
        Settings = settings;
        Random = random;
        Nodes = new NodeTable(Effects);
        Own = new OwnNode(Nodes);
        Peers = new PeerTable(Nodes, Effects);
        Jobs = new JobTable(settings, Effects, Nodes, Peers.Changed, Peers.Removed);
        Runs = new RunTable();
    }

    /// <summary>The settings in force. Immutable: a change replaces the whole object.</summary>
    public NodeSettings Settings { get; set; }

    public Random Random { get; }

    public Effects Effects { get; } = new();

    public JobTable Jobs { get; }

    public NodeTable Nodes { get; }

    /// <summary>The status of this node.</summary>
    public OwnNode Own { get; }

    public PeerTable Peers { get; }

    public RunTable Runs { get; }

    /// <summary>The load average of this host, as last set by the shell.</summary>
    public double OwnLoadavg { get; set; }

    /// <summary>The number of connected heads, and clients with a table, that need a report of each live job.</summary>
    public int HeadsWithoutLease { get; set; }

    /// <summary>True while the node stops: no job is accepted or started any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Publishes the status of this node if it has changed or is older than <paramref name="maxAge"/> seconds.</summary>
    public void PublishOwnStatus(double maxAge, Instant now) => Own.Publish(Settings, Peers.Links, OwnLoadavg, maxAge, now);

    /// <summary>Applies a local change to a job, with a stamp that no skewed clock hides (docs/SPECIFICATION.md#stamps).</summary>
    /// <param name="entry">The job.</param>
    /// <param name="changed">The job with the change.</param>
    /// <param name="now">The time.</param>
    /// <param name="named">The attributes of the spec that a person named, also with the value that they had.</param>
    public JobEntry ApplyLocal(JobEntry entry, Job changed, Instant now, IReadOnlyList<JobAttribute>? named = null)
    {
        var ts = Math.Max(now.Wall, NextStamp(LatestStamp(entry)));
        entry.LatestDivergentStamp = 0;
        return Jobs.Upsert(Suspension.WithoutStale(SpecMerge.Stamped(changed, entry.Job, ts, named)) with { Ts = ts }, now);
    }

    /// <summary>Applies a local change to the status of a job.</summary>
    public JobEntry ApplyLocal(JobEntry entry, JobStatus status, Instant now) =>
        ApplyLocal(entry, entry.Job with { Status = status }, now);

    /// <summary>Applies the merge of the local and a remote copy.</summary>
    /// <remarks>Its stamp is just later than both, and not the current time: a merge is not a change of the job.</remarks>
    public JobEntry ApplyMerged(JobEntry entry, Job merged, Job remote, Instant now) =>
        Jobs.Upsert(Suspension.WithoutStale(merged) with { Ts = StampAfter(entry, remote) }, now);

    /// <summary>Applies what a client asks for by its copy. Its spec is a change, unlike that of a merged copy.</summary>
    public JobEntry ApplyRequested(JobEntry entry, Job requested, Job remote, Instant now) =>
        ApplyMerged(entry, SpecMerge.Stamped(requested, entry.Job, StampAfter(entry, remote)), remote, now);

    /// <summary>Fails a job without a run.</summary>
    /// <remarks>It is on this node then, with a later stamp, so that the client or head that sent it receives the end.</remarks>
    public void FailUnstarted(JobEntry entry, string error, Instant now)
    {
        var status = entry.Job.Status with { Node = Settings.Name, State = JobState.Failed, Error = error, EndTs = now.Wall };
        RecordEnd(ApplyLocal(entry, status with { FailCount = status.FailCount + 1 }, now));
    }

    /// <summary>Passes the end of a job to the history, once.</summary>
    public void RecordEnd(JobEntry entry)
    {
        if (entry.Job.HasEnded && !entry.IsEndRecorded)
        {
            entry.IsEndRecorded = true;
            Effects.AddEndedJob(entry.Job);
        }
        else if (entry.Job.IsLive)
        {
            entry.IsEndRecorded = false;
        }
    }

    /// <summary>Stops a run early. The shell ends its process, and then calls <see cref="NodeCore.Ended"/>.</summary>
    public void Cancel(Run run, StopReason reason)
    {
        if (run.Stop is StopReason.None)
        {
            run.Stop = reason;
            Effects.AddRunToCancel(run);
        }
        else if (reason is StopReason.Killed or StopReason.Superseded)
        {
            // The run is already being stopped for a reason by which the job would fail, and might run again. A kill must outrank that.
            run.Stop = reason;
        }
    }

    private static double StampAfter(JobEntry entry, Job remote) =>
        NextStamp(Math.Max(LatestStamp(entry), Math.Max(remote.Ts, SpecMerge.LatestStamp(remote.Spec))));

    private static double LatestStamp(JobEntry entry) =>
        Math.Max(
            Math.Max(entry.Job.Ts, entry.Job.Status.SubmitTs),
            Math.Max(SpecMerge.LatestStamp(entry.Job.Spec), entry.LatestDivergentStamp));

    // No node reads a later time.
    private static readonly double LatestTime = Math.BitDecrement(1e11);

    /// <summary>The next stamp after another one.</summary>
    public static double NextStamp(double ts) => Math.Min(Math.BitIncrement(ts + 1e-6), LatestTime);
}
