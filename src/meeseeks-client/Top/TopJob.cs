using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>A job as <c>top</c> keeps it: no more than is shown, for there may be very many.</summary>
/// <param name="Id">Its id, as the box knows it.</param>
/// <param name="Shown">Its columns.</param>
/// <param name="Ts">When it last changed, by which a change is told.</param>
/// <param name="Active">Whether a pool has hold of it.</param>
/// <param name="StartTs">When it last started.</param>
/// <param name="EndTs">When it last ended.</param>
/// <param name="Error">Why it failed, on one line.</param>
internal sealed record TopJob(string Id, StatusJob Shown, double Ts, bool Active, double? StartTs, double? EndTs, string? Error)
{
    /// <summary>Takes from a job what is shown of it.</summary>
    public static TopJob Of(Job job) => new(
        job.Id,
        StatusJob.Of(job, now: 0),
        job.Ts,
        job.Active,
        job.StartTs,
        job.EndTs,
        job.Error is null ? null : SingleLine.Of(job.Error));

    /// <summary>Whether it is at work: a killed one is until its processes are gone.</summary>
    public bool IsRunning => Shown.State is JobState.Running || (Active && Shown.State is not JobState.New);

    /// <summary>Whole seconds that it has been waiting or running, or that it ran; null when nobody knows.</summary>
    /// <param name="now">The time, in seconds since 1970. The clock of another host may be ahead of it.</param>
    public long? Seconds(double now)
    {
        var span = IsRunning ? now - StartTs
            : Shown.State is JobState.New ? now - Shown.SubmitTs
            : EndTs - StartTs;
        return span is { } seconds ? (long)Math.Max(0, seconds) : null;
    }
}
