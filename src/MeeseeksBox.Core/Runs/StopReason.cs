namespace MeeseeksBox.Core.Runs;

/// <summary>Why a run ends early.</summary>
public enum StopReason
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>The job was killed.</summary>
    Killed,

    /// <summary>The run has reached its time limit.</summary>
    Overdue,

    /// <summary>Its pool was removed from the configuration.</summary>
    PoolRemoved,

    /// <summary>The node stops.</summary>
    Shutdown,

    /// <summary>A newer copy replaced the job: it was assigned elsewhere or restarted, and the result of this run is discarded.</summary>
    Superseded,
}
