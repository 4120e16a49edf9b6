namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The phase of a job (docs/SPECIFICATION.md#states). On the wire, the name is in lower case.</summary>
public enum JobState
{
    /// <summary>Submitted, but not started.</summary>
    New,

    /// <summary>Running on its <c>node</c>.</summary>
    Running,

    /// <summary>Ended successfully.</summary>
    Done,

    /// <summary>Ended with a failure; <c>rc</c> or <c>error</c> has the reason.</summary>
    Failed,

    /// <summary>Ended by a kill, or about to end while still <c>active</c>.</summary>
    Killed,
}
