using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Nodes;
using MeeseeksBox.Core.Peers;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core;

/// <summary>All that the rules work on.</summary>
internal sealed class LedgerState
{
    public LedgerState(NodeSettings settings, Random dice)
    {
        Settings = settings;
        Dice = dice;
        Nodes = new NodeTable(News);
        Own = new OwnNode(Nodes);
        Peers = new PeerTable(Nodes, News);
        Jobs = new JobTable(settings, News, Nodes, Peers);
        Runs = new RunTable();
    }

    /// <summary>The settings in force; replaced whole.</summary>
    public NodeSettings Settings { get; set; }

    public Random Dice { get; }

    public News News { get; } = new();

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
    public void StateOwn(double oldest, Moment now) => Own.State(Settings, Peers.Names, OwnLoadavg, oldest, now);

    /// <summary>
    /// Makes a change of our own to a job: stamped so that no clock, ours or another's, hides it (docs/SPECIFICATION.md#stamps).
    /// </summary>
    /// <param name="entry">The job.</param>
    /// <param name="changed">What it is to be.</param>
    /// <param name="now">The time.</param>
    public JobEntry Change(JobEntry entry, Job changed, Moment now)
    {
        var ts = Math.Max(now.Wall, JustAfter(LastSeen(entry)));
        entry.Disagreed = 0;
        return Jobs.Put(changed with { Ts = ts }, now);
    }

    /// <summary>
    /// Puts together what holds of our copy of a job and of another: newer than both, but not by more than it must, since nobody has
    /// changed anything now.
    /// </summary>
    public JobEntry Combine(JobEntry entry, Job combined, Job theirs, Moment now) =>
        Jobs.Put(combined with { Ts = JustAfter(Math.Max(LastSeen(entry), theirs.Ts)) }, now);

    /// <summary>Tells the history of a job's end, once.</summary>
    public void Record(JobEntry entry)
    {
        if (entry.Job.HasEnded && !entry.Recorded)
        {
            entry.Recorded = true;
            News.Ended(entry.Job);
        }
        else if (entry.Job.IsLive)
        {
            entry.Recorded = false;
        }
    }

    /// <summary>Ends a run before its time; the shell is told, and answers when the process is gone.</summary>
    public void Stop(Run run, StopReason reason)
    {
        if (run.Stop is StopReason.None)
        {
            run.Stop = reason;
            News.Stop(run);
        }
        else if (reason is StopReason.Killed or StopReason.Superseded)
        {
            // It is being stopped already, but for a reason for which the job would fail and perhaps be run again.
            run.Stop = reason;
        }
    }

    private static double LastSeen(JobEntry entry) => Math.Max(entry.Job.Ts, entry.Disagreed);

    private static double JustAfter(double ts) => Math.BitIncrement(ts + 1e-6);
}
