using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>One run of a job on this node, from the moment it takes a slot until its process is gone. What is alive, where <see cref="Job"/> is what is known.</summary>
public sealed class Run
{
    private volatile StopReason _stop;

    internal Run(Job job, double takenAt)
    {
        Job = job;
        TakenAt = takenAt;
    }

    /// <summary>The job as it was when it took the slot: what the run is to do.</summary>
    public Job Job { get; }

    /// <summary>Why it is to end, or <see cref="StopReason.None"/>. May be read from any thread.</summary>
    public StopReason Stop
    {
        get => _stop;
        internal set => _stop = value;
    }

    /// <summary>When it took the slot, by the steady clock.</summary>
    internal double TakenAt { get; }

    /// <summary>When it started, by the steady clock; null before.</summary>
    internal double? StartedAt { get; set; }

    /// <summary>When it is over its time, by the steady clock; null for never. Set by <see cref="RunTable"/>.</summary>
    internal double? LimitAt { get; set; }

    /// <summary>The how-many-eth run of this box it is.</summary>
    internal long Number { get; set; }
}
