using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Moves the processed files of a watch, and logs what prevents it.</summary>
/// <remarks>What cannot be moved stays, and holds up nothing else.</remarks>
/// <param name="path">The path of the folder.</param>
/// <param name="folder">The folder of the watch.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class MoveRunner(string path, WatchedFolder folder, ILogger log)
{
    private readonly IoFaultReporter _faults = new(path, log);

    // The first files of the moves that have failed.
    private readonly HashSet<string> _stuck = new(StringComparer.Ordinal);

    /// <summary>The present faults, while files that they concern are there.</summary>
    public IEnumerable<string> Faults => _stuck.Any(folder.Has) ? _faults.Present : [];

    /// <summary>Ends the moves that a crash or a fault has interrupted.</summary>
    /// <returns>The number of failures.</returns>
    public int Resume(WatchSettings settings) =>
        Try("end a move", "its files wait for the next scan", () => Mover(settings).Resume(folder.Status)) ? 0 : 1;

    /// <summary>Moves the files of a plan.</summary>
    /// <returns>The number of failures.</returns>
    public int Move(WatchSettings settings, Plan plan) => plan.Moves.Count(move => !TryMove(settings, move));

    private bool TryMove(WatchSettings settings, FileMove move)
    {
        var isMoved = false;
        var isTried = Try(
            $"move files to {move.Folder}",
            $"they stay, from {move.Files[0]} on, and are tried again at each scan",
            () => isMoved = Mover(settings).Move(folder.Status, move));
        _ = isTried ? _stuck.Remove(move.Files[0]) : _stuck.Add(move.Files[0]);
        if (isMoved)
            log.Information("{Files} moved to {Folder}", string.Join(' ', move.Files), move.Folder);
        foreach (var name in move.Files.Where(_ => isTried))
            folder.Drop(name);
        return isTried;
    }

    private FileMover Mover(WatchSettings settings) =>
        new(settings, StatusAccount.Of(settings, () => folder.StatusPath));

    private bool Try(string what, string consequence, Action action)
    {
        try
        {
            return _faults.Try(what, consequence, action);
        }
        catch (StatusNameException problem)
        {
            _faults.Report(what, problem.Message, consequence);
            return false;
        }
    }
}
