namespace MeeseeksBox.Core.Scheduling;

/// <summary>Why a run is to end before its time.</summary>
public enum StopReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Somebody killed the job.</summary>
    Killed,

    /// <summary>It is over its runtime.</summary>
    Overdue,

    /// <summary>Its pool was taken out of the configuration.</summary>
    PoolRemoved,

    /// <summary>The node stops.</summary>
    Shutdown,

    /// <summary>The job goes on elsewhere, or anew: what this run gives is of no interest any more.</summary>
    Superseded,
}
