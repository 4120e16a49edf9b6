namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A file in the watched folder.</summary>
/// <param name="Name">Its name, which does not begin with a dot.</param>
/// <param name="Mtime">The time of its last change, in units of 100 ns since 1970; 0 when the watch does not need it.</param>
/// <param name="Readiness">Whether it can be processed.</param>
/// <param name="FinishedInList">
/// The list in which a plan found it finished (<see cref="Plan.Finished"/>), if neither it nor its status files have changed since; else
/// null.
/// </param>
public readonly record struct WatchedFile(
    string Name, long Mtime = 0, FileReadiness Readiness = FileReadiness.Ready, int? FinishedInList = null)
{
    /// <summary>When the watcher saw it with this <see cref="Mtime"/> first, where that lies ahead; else 0.</summary>
    public long SeenAt { get; init; }
}
