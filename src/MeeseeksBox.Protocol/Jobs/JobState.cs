namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Where a job stands in its life (docs/SPECIFICATION.md#states). The wire's word is the name in lower case.</summary>
public enum JobState
{
    /// <summary>Submitted, not started.</summary>
    New,

    /// <summary>At work on its <c>node</c>.</summary>
    Running,

    /// <summary>Ended with success.</summary>
    Done,

    /// <summary>Ended without success; <c>rc</c> or <c>error</c> says why.</summary>
    Failed,

    /// <summary>Ended, or to be ended while still <c>active</c>, because somebody wished so.</summary>
    Killed,
}
