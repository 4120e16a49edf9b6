namespace MeeseeksBox.Core.Replication;

/// <summary>What is to be done about another node's copy of a job that is known here.</summary>
internal enum MergeDecision
{
    /// <summary>Ours stands; the other knows no more than we do.</summary>
    KeepLocal,

    /// <summary>The other copy takes the place of ours.</summary>
    TakeRemote,

    /// <summary>Of the other copy only what a submitter may change is taken over, a kill included; the others are told how the job stands.</summary>
    TakeRemoteSpec,

    /// <summary>Of the other copy only what has become of the job is taken over: ours has the later wishes.</summary>
    TakeRemoteStatus,

    /// <summary>One of the copies is killed, and the other does not know yet.</summary>
    Kill,

    /// <summary>The job runs here, but it goes on elsewhere or anew: the run is stale.</summary>
    Supersede,
}
