using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>All that the rules work on.</summary>
internal sealed class NodeCoreState
{
    public NodeCoreState(NodeSettings settings, Random random)
    {
        Settings = settings;
        Random = random;
        Nodes = new NodeTable(Effects);
        Own = new OwnNode(Nodes);
        Peers = new PeerTable(Nodes, Effects);
        Jobs = new JobTable(settings, Effects, Nodes, Peers);
        Runs = new RunTable();
    }

    /// <summary>The settings in force; replaced whole.</summary>
    public NodeSettings Settings { get; set; }

    public Random Random { get; }

    public Effects Effects { get; } = new();

    public JobTable Jobs { get; }

    public NodeTable Nodes { get; }

    /// <summary>What this node tells of itself.</summary>
    public OwnNode Own { get; }

    public PeerTable Peers { get; }

    public RunTable Runs { get; }

    /// <summary>The load average of this host, as the shell last told it.</summary>
    public double OwnLoadavg { get; set; }

    /// <summary>How many heads are connected above this node.</summary>
    public int HeadCount { get; set; }

    /// <summary>True when nothing new may come or start, because the node stops.</summary>
    public bool IsClosed { get; set; }

    /// <summary>States what this node tells of itself, when something of that has changed or it is older than it may be.</summary>
    public void PublishOwnStatus(double oldest, Instant now) => Own.Publish(Settings, Peers.Names, OwnLoadavg, oldest, now);

    /// <summary>
    /// Makes a change of our own to a job: stamped so that no clock, ours or another's, hides it (docs/SPECIFICATION.md#stamps).
    /// </summary>
    /// <param name="entry">The job.</param>
    /// <param name="changed">What it is to be.</param>
    /// <param name="now">The time.</param>
    public JobEntry ApplyLocal(JobEntry entry, Job changed, Instant now)
    {
        var ts = Math.Max(now.Wall, NextStamp(LatestStamp(entry)));
        entry.LatestDivergentStamp = 0;
        return Jobs.Upsert(changed with { Ts = ts }, now);
    }

    /// <summary>
    /// Puts together what holds of our copy of a job and of another: newer than both, but not by more than it must, since nobody has
    /// changed anything now.
    /// </summary>
    public JobEntry ApplyMerged(JobEntry entry, Job combined, Job theirs, Instant now) =>
        Jobs.Upsert(combined with { Ts = NextStamp(Math.Max(LatestStamp(entry), theirs.Ts)) }, now);

    /// <summary>Tells the history of a job's end, once.</summary>
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

    /// <summary>Ends a run before its time; the shell is told, and answers when the process is gone.</summary>
    public void Cancel(Run run, StopReason reason)
    {
        if (run.Stop is StopReason.None)
        {
            run.Stop = reason;
            Effects.AddRunToCancel(run);
        }
        else if (reason is StopReason.Killed or StopReason.Superseded)
        {
            // It is being stopped already, but for a reason for which the job would fail and perhaps be run again.
            run.Stop = reason;
        }
    }

    private static double LatestStamp(JobEntry entry) => Math.Max(entry.Job.Ts, entry.LatestDivergentStamp);

    private static double NextStamp(double ts) => Math.BitIncrement(ts + 1e-6);
}
