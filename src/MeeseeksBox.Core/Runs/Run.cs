using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Runs;

/// <summary>One execution of a job on this node, from its claim of a slot to the end of its process.</summary>
/// <remarks>A <see cref="Run"/> is the live execution; a <see cref="Job"/> is the record of it.</remarks>
public sealed class Run
{
    private volatile StopReason _stop;
    private volatile bool _isSuspended;

    internal Run(Job job, double takenAt)
    {
        Job = job;
        TakenAt = takenAt;
    }

    /// <summary>The job as it was when the run claimed its slot, which is what the run executes.</summary>
    public Job Job { get; }

    /// <summary>Why the run ends early, or <see cref="StopReason.None"/>. May be read from any thread.</summary>
    public StopReason Stop
    {
        get => _stop;
        internal set => _stop = value;
    }

    /// <summary>True while its processes are to be stopped. May be read from any thread.</summary>
    public bool IsSuspended
    {
        get => _isSuspended;
        internal set => _isSuspended = value;
    }

    /// <summary>The time limit when it claimed its slot, from the start of the run, in seconds; null for none.</summary>
    public double? FirstLimit { get; internal init; }

    /// <summary>The present time limit, from the start of the run, in seconds; null for none.</summary>
    public double? Limit => LimitAt - StartedAt;

    /// <summary>When it claimed its slot, in monotonic seconds.</summary>
    internal double TakenAt { get; }

    /// <summary>When it started, in monotonic seconds; null before.</summary>
    internal double? StartedAt { get; set; }

    /// <summary>When its time limit is reached, in monotonic seconds; null: never. Set by <see cref="RunTable"/>.</summary>
    internal double? LimitAt { get; set; }

    /// <summary>The ordinal of the run in this instance of the box.</summary>
    internal long Number { get; set; }
}
