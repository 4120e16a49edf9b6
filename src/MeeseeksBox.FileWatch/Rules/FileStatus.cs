using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>The status files of one job of one file.</summary>
/// <param name="States">The states that exist, one bit for each <see cref="StatusState"/>.</param>
/// <param name="FailedAt">The time of the failure, in units of 100 ns since 1970.</param>
/// <param name="Failures">How often the job has failed in a row; 0 while that is not known, or there is no failure.</param>
/// <param name="Tracked">The <see cref="WatchedFile.Mtime"/> of the last run; null when none is recorded.</param>
public readonly record struct FileStatus(int States, long FailedAt, int Failures, long? Tracked)
{
    /// <summary>The result of the job; null while there is none.</summary>
    /// <remarks>Done has precedence over killed, and killed over failed.</remarks>
    public StatusState? Result =>
        Has(StatusState.Done) ? StatusState.Done
        : Has(StatusState.Killed) ? StatusState.Killed
        : Has(StatusState.Failed) ? StatusState.Failed
        : null;

    /// <summary>Whether the file has changed since its last run.</summary>
    /// <param name="index">The step; a change runs the first one alone.</param>
    /// <param name="mtime">The time of the last change of the file; null without <c>updated</c>.</param>
    public bool IsChanged(int index, long? mtime) => index == 0 && mtime is not null && Tracked is { } tracked && tracked != mtime;

    /// <summary>Whether a status file with a state exists.</summary>
    public bool Has(StatusState state) => (States & (1 << (int)state)) != 0;

    /// <summary>A copy with one more status file.</summary>
    /// <param name="state">Its state.</param>
    /// <param name="time">When it was written; for <see cref="StatusState.Mtime"/>, the time in it.</param>
    /// <param name="failures">For <see cref="StatusState.Failed"/>, the number of failures; 0 when it is not known.</param>
    public FileStatus With(StatusState state, long time, int failures = 0) => new(
        States | (1 << (int)state),
        state is StatusState.Failed ? time : FailedAt,
        state is not StatusState.Failed || (failures == 0 && time == FailedAt) ? Failures : failures,
        state is StatusState.Mtime ? time : Tracked);

    /// <summary>A copy with one status file fewer.</summary>
    public FileStatus Without(StatusState state) => new(
        States & ~(1 << (int)state),
        FailedAt,
        state is StatusState.Failed ? 0 : Failures,
        state is StatusState.Mtime ? null : Tracked);
}
