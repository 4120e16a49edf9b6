using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Moves the processed files of a watch, and logs what prevents it.</summary>
/// <remarks>What cannot be moved stays, and holds up nothing else.</remarks>
/// <param name="path">The path of the folder.</param>
/// <param name="folder">The folder of the watch.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class MoveRunner(string path, WatchedFolder folder, TimeProvider time, ILogger log)
{
    // A sender may deliver the same file again.
    private const int MostReturns = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly IoFaultReporter _faults = new(path, log);
    private readonly CopyLeftovers _leftovers = new();
    private readonly ReturnDetector _returns = new(Pause, MostReturns);

    // The files whose stay the log has named.
    private readonly HashSet<string> _stopped = new(StringComparer.Ordinal);

    // The first files of the moves that have failed.
    private readonly HashSet<string> _stuck = new(StringComparer.Ordinal);

    // Monotonic, because the wall clock may be set.
    private long Now => time.MonotonicTicks();

    /// <summary>The present faults, while files that they concern are there.</summary>
    public IEnumerable<string> Faults => _stuck.Any(folder.Has) ? _faults.Present : [];

    /// <summary>Ends the moves that a crash or a fault has interrupted.</summary>
    /// <returns>The number of failures.</returns>
    public int Resume(WatchSettings settings) =>
        Try("end a move", "its files wait for the next scan", () => Mover(settings).Resume(folder.Status)) ? 0 : 1;

    /// <summary>Moves the files of a plan.</summary>
    /// <returns>The number of failures.</returns>
    public int Move(WatchSettings settings, Plan plan)
    {
        if (plan.Moves.Count == 0)
            return 0;
        var mover = Mover(settings);

        // A copy takes its time. What comes meanwhile was not processed.
        var moves = plan.Moves.ConvertAll(move => (Move: move, Files: mover.Look(move)));
        return moves.Count(one => !TryMove(mover, one.Move, one.Files));
    }

    private bool TryMove(FileMover mover, FileMove move, IReadOnlyList<MovedFile> files)
    {
        if (files.Any(Stays))
            return true;
        MoveResult? result = null;
        var isTried = Try(
            $"move files to {move.Folder}",
            $"they stay, from {move.Files[0]} on, and are tried again at each scan",
            () => result = mover.Move(folder.Status, move, files));
        _ = isTried ? _stuck.Remove(move.Files[0]) : _stuck.Add(move.Files[0]);
        if (!isTried || result is null)
            return isTried;
        foreach (var file in files.Where(file => result.Moved.Contains(file.Name)))
            _returns.AddMove(file.Name, file.Source.Length, file.Source.WriteTime, Now);
        if (result.Moved.Count > 0)
            log.Information("{Files} moved to {Folder}", string.Join(' ', result.Moved), move.Folder);
        foreach (var name in result.Replaced)
        {
            folder.ClearFinished(name);
            log.Information("{File} was replaced before it was moved: it is processed as a new file", name);
        }

        foreach (var name in move.Files.Except(result.Replaced))
            folder.Drop(name);
        return true;
    }

    // Links may have come to lead round in a circle, with other watches, also those of other hosts.
    private bool Stays(MovedFile file)
    {
        var (name, source) = (file.Name, file.Source);
        if (!_returns.HasReturned(name, source.Length, source.WriteTime, Now))
            return false;
        if (_stopped.Add(name))
        {
            log.Warning(
                "{File} has come back unchanged {Count} times, each time within {Pause} s of its move: done_to or failed_to leads round in "
                + "a circle; it stays",
                name,
                MostReturns,
                Pause.TotalSeconds);
        }

        return true;
    }

    private FileMover Mover(WatchSettings settings) =>
        new(settings, () => folder.StatusPath, log)
        {
            Expected = folder.IdOf,
            IsWatched = id => folder.PathOf(id, string.Empty) is not null,
            Leftovers = _leftovers,
        };

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
