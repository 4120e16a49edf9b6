namespace MeeseeksBox.Core.Replication;

/// <summary>How a received copy of a job merges with the local copy.</summary>
internal enum MergeDecision
{
    /// <summary>Keep the local copy: the remote one has nothing new.</summary>
    KeepLocal,

    /// <summary>Replace the local copy by the remote one.</summary>
    TakeRemote,

    /// <summary>Take the later spec and a kill, and publish the local status again.</summary>
    TakeRemoteSpec,

    /// <summary>Take the status of the remote copy, and the later spec.</summary>
    TakeRemoteStatus,

    /// <summary>Take the end of the earlier epoch into the later one: the job need not run again.</summary>
    TakeEnd,

    /// <summary>Kill the job: one copy is killed, and the other is still live.</summary>
    Kill,

    /// <summary>Stop the local run, which is stale: the job was assigned elsewhere or restarted.</summary>
    Supersede,
}
