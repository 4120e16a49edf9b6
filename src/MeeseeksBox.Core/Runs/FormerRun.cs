namespace MeeseeksBox.Core.Runs;

/// <summary>A run that a former instance of this node has started, and that goes on or has ended meanwhile.</summary>
/// <param name="Job">The id of its job.</param>
/// <param name="Epoch">The epoch of the job when the run was claimed.</param>
/// <param name="SubmitTs">The time of submit of the job when the run was claimed.</param>
/// <param name="StartCount">The number of starts of the job before the run.</param>
public sealed record FormerRun(string Job, int Epoch, double SubmitTs, int StartCount)
{
    /// <summary>The process; null when it is yet to start.</summary>
    public int? Pid { get; init; }

    /// <summary>When the process was started, in seconds since 1970.</summary>
    public double StartTs { get; init; }

    /// <summary>Seconds since the start of the process.</summary>
    public double Age { get; init; }

    /// <summary>True when it has ended meanwhile.</summary>
    public bool HasEnded { get; init; }

    /// <summary>True when it was ended because of its time limit.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>The description of a run that is claimed now.</summary>
    public static FormerRun Of(Run run) =>
        new(run.Job.Id, run.Job.Status.Epoch, run.Job.Status.SubmitTs, run.Job.Status.StartCount);
}
