using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>What the status files say of one job of one file.</summary>
/// <param name="States">Which there are, a bit for each <see cref="StatusState"/>.</param>
/// <param name="FailedAt">When the failure was written, in units of 100 ns since 1970.</param>
/// <param name="Tracked">The <see cref="WatchedFile.Mtime"/> that was noted at its last run; null: none was.</param>
public readonly record struct FileStatus(int States, long FailedAt, long? Tracked)
{
    /// <summary>What has come of the job: done counts more than killed, and that more than failed. Null: nothing yet.</summary>
    public StatusState? Result =>
        Has(StatusState.Done) ? StatusState.Done
        : Has(StatusState.Killed) ? StatusState.Killed
        : Has(StatusState.Failed) ? StatusState.Failed
        : null;

    /// <summary>Whether there is a status file with a state.</summary>
    public bool Has(StatusState state) => (States & (1 << (int)state)) != 0;

    /// <summary>This with a status file more.</summary>
    /// <param name="state">Its state.</param>
    /// <param name="time">When it was written; for <see cref="StatusState.Mtime"/>, the time in it.</param>
    public FileStatus With(StatusState state, long time) => new(
        States | (1 << (int)state),
        state is StatusState.Failed ? time : FailedAt,
        state is StatusState.Mtime ? time : Tracked);

    /// <summary>This with a status file less.</summary>
    public FileStatus Without(StatusState state) => new(
        States & ~(1 << (int)state),
        FailedAt,
        state is StatusState.Mtime ? null : Tracked);
}
