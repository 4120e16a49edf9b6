using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>A job's place in the table: its present snapshot, its places in the indexes, and what only this node knows of it.</summary>
internal sealed class JobEntry(Job job)
{
    /// <summary>The job as it stands.</summary>
    public Job Job { get; set; } = job;

    /// <summary>When it last changed here, by the steady clock.</summary>
    public double TouchedAt { get; set; }

    /// <summary>Not to be started before, by the steady clock: the pause between two runs.</summary>
    public double NotBefore { get; set; }

    /// <summary>Its run on this node, while there is one.</summary>
    public Run? Run { get; set; }

    /// <summary>A run that was superseded and whose process is not gone yet.</summary>
    public Run? StaleRun { get; set; }

    /// <summary>The latest stamp of the copies that others keep whatever this node, which runs the job, says of it; 0 when none came since our last change.</summary>
    public double LatestDivergentStamp { get; set; }

    /// <summary>
    /// The stamp of the end that its original node may still retry by itself, and until when it may, by the steady clock.
    /// </summary>
    public (double Ts, double Until) LocalRetry { get; set; }

    /// <summary>True when its end has been told to the history.</summary>
    public bool IsEndRecorded { get; set; }

    /// <summary>Its queue, while it is live or in the hands of a pool.</summary>
    public JobQueue? Queue { get; set; }

    /// <summary>True while it stands in <see cref="JobQueue.Waiting"/>.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Its neighbours in the order of changes.</summary>
    public IntrusiveLinks Change;

    /// <summary>Its neighbours among those with the same kind of deadline.</summary>
    public IntrusiveLinks Due;

    /// <summary>The list that <see cref="Due"/> belongs to.</summary>
    public IntrusiveList? DueList { get; set; }
}
