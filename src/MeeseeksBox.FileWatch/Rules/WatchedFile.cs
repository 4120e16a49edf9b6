namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A file as it was seen in the folder.</summary>
/// <param name="Name">Its name, which does not begin with a dot.</param>
/// <param name="Mtime">When it was changed last, in units of 100 ns since 1970; 0 where the rules do not ask.</param>
/// <param name="IsBeingWritten">Whether somebody is known to be at work on it.</param>
/// <param name="FinishedInList">
/// The list that it belongs to, when a plan found it settled there (<see cref="Plan.Finished"/>) and neither it nor its status files have changed since. Null: the rules have to look.
/// </param>
public readonly record struct WatchedFile(string Name, long Mtime = 0, bool IsBeingWritten = false, int? FinishedInList = null);
