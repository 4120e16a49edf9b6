using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The result of a submission.</summary>
/// <param name="State">Failed when a job failed, else killed when a job was killed, else done.</param>
/// <param name="Jobs">Its jobs; several for several nodes.</param>
/// <param name="WasStopped">Whether the watcher killed it, so that it is not a result.</param>
internal sealed record JobEnd(JobState State, IReadOnlyList<Job> Jobs, bool WasStopped)
{
    /// <summary>Why a job has ended in the state of the result, for the log.</summary>
    public string Reason => Jobs.FirstOrDefault(job => job.Status.State == State)?.Status is { } status
        ? status.Error ?? $"exit status {status.Rc}"
        : "";
}
