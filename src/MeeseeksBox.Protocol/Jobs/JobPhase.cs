namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The phase of a job, which follows from several attributes of its status (docs/SPECIFICATION.md#phases).</summary>
public enum JobPhase
{
    /// <summary>New, without a node.</summary>
    Unassigned,

    /// <summary>Assigned to a node, and not started there.</summary>
    Queued,

    /// <summary>Ended, and about to run again.</summary>
    Requeued,

    /// <summary>Running on its node.</summary>
    Running,

    /// <summary>Killed, while its node has not confirmed the end.</summary>
    Ending,

    /// <summary>Ended successfully.</summary>
    Done,

    /// <summary>Ended with a failure.</summary>
    Failed,

    /// <summary>Ended by a kill.</summary>
    Killed,

    /// <summary>Given up by another node, which received no report: any report of the owner outranks that.</summary>
    PresumedLost,
}
