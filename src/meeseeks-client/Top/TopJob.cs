using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The columns of a job in <c>top</c>, without other attributes, to save memory.</summary>
/// <param name="Id">The id, exactly as the box sent it.</param>
/// <param name="Shown">The columns that <c>stat</c> has too.</param>
/// <param name="Ts">The stamp of the last change.</param>
/// <param name="Active">Whether a pool holds the job.</param>
/// <param name="StartTs">The time of the last start.</param>
/// <param name="EndTs">The time of the last end.</param>
/// <param name="Error">The error text, on one line.</param>
internal sealed record TopJob(string Id, StatusJob Shown, double Ts, bool Active, double? StartTs, double? EndTs, string? Error)
{
    /// <summary>Extracts the columns of a job.</summary>
    public static TopJob Of(Job job) => new(
        job.Id,
        StatusJob.Of(job, now: 0),
        job.Ts,
        job.Status.Active,
        job.Status.StartTs,
        job.Status.EndTs,
        job.Status.Error is null ? null : SingleLine.Of(job.Status.Error));

    /// <summary>Whether it is running; a killed job is, until its processes are gone.</summary>
    public bool IsRunning => Shown.State is JobState.Running || (Active && Shown.State is not JobState.New);

    /// <summary>The time that it has been waiting or running, or that it ran, in whole seconds; null if unknown.</summary>
    /// <param name="now">The local time, in seconds since 1970. The clock of the node may be ahead of it.</param>
    public long? Seconds(double now)
    {
        var span = IsRunning ? now - StartTs
            : Shown.State is JobState.New ? now - Shown.SubmitTs
            : EndTs - StartTs;
        return span is { } seconds ? (long)Math.Max(0, seconds) : null;
    }
}
