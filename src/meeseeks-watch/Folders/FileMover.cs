using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using Serilog;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Moves processed files into the folder of <c>done_to</c> or <c>failed_to</c> (docs/SPECIFICATION.md#moved-files).</summary>
/// <remarks>
/// An account of the move (<see cref="MoveAccount"/>) is written first, and again before each step that it does not know. After a crash,
/// it tells which files have been moved.
/// </remarks>
/// <param name="settings">The watch.</param>
/// <param name="statusPath">The folder of the status files.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class FileMover(WatchSettings settings, Func<string> statusPath, ILogger log)
{
    /// <summary>Tells which folder the watch has read at a path in the watched one; null for any.</summary>
    public Func<string, FileId?> Expected { get; init; } = _ => null;

    /// <summary>Whether the watch takes the files of a folder.</summary>
    public Func<FileId, bool> IsWatched { get; init; } = _ => false;

    /// <summary>Receives each step, after which a crash may come.</summary>
    public Action<MoveStep> OnStep { get; init; } = _ => { };

    /// <summary>The flush of the disk.</summary>
    public DiskFlush Flush { get; init; } = DiskFlush.Real;

    /// <summary>Searches the targets for copies that a crash has left.</summary>
    public CopyLeftovers Leftovers { get; init; } = new();

    /// <summary>The files of a move as they are now. Those that others replace from now on are new.</summary>
    public IReadOnlyList<MovedFile> Look(FileMove move) =>
    [
        .. move.Files
            .Select(name => (Name: name, Source: FactsOf(name), Marker: MarkerOf(name) is { } marker ? FactsOf(marker) : null))
            .Where(file => file.Source is not null)
            .Select(file => new MovedFile(file.Name, file.Source!.Value) { Marker = file.Marker }),
    ];

    /// <summary>Moves a file, or all files of a set, and their status files.</summary>
    /// <param name="table">The table of status files, which is updated.</param>
    /// <param name="move">The files.</param>
    /// <param name="files">The files when the move was planned; null for those of now.</param>
    /// <returns>Null when a file, or its folder, is not what the watch knows, so that the next plan decides.</returns>
    /// <exception cref="IOException">A file cannot be moved. The next try, or the next start, goes on.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public MoveResult? Move(StatusTable table, FileMove move, IReadOnlyList<MovedFile>? files = null)
    {
        using var folders = Folders(move.Folder, Expected);
        var present = new List<MovedFile>();
        foreach (var file in files ?? Look(move))
        {
            var found = folders.Source(RelativePath.FolderOf(file.Name))?.Folder.FactsOf(RelativePath.NameOf(file.Name));
            if (found?.Id == file.Source.Id && !MovedFile.IsSame(found.Value, file.Source))
                return null;
            if (found is not null)
                present.Add(file);
        }

        if (folders.HasOther)
            return null;
        if (present.Count == 0)
            return new MoveResult([], []);
        folders.MakeTarget();
        var account = new MoveAccount(move.Folder, present) { Key = new WorkKey(0, present[0].Name), Watch = settings.Name };
        var keeper = folders.Source(RelativePath.FolderOf(account.Key.FileName))!.Account;
        keeper.WriteMove(table, account);
        var transfer = Transfer(table, account, folders, keeper);
        try
        {
            return Finish(table, account, folders, transfer);
        }
        catch (Exception problem) when (FileProblem.Is(problem) && present.TrueForAll(IsUntouched))
        {
            keeper.Remove(table, account.Key, StatusState.Moving);
            throw;
        }

        bool IsUntouched(MovedFile file) =>
            transfer.IsUntouched(file, folders.Source(RelativePath.FolderOf(file.Name))?.Folder);
    }

    /// <summary>Ends the moves that a crash or a failure has interrupted.</summary>
    /// <exception cref="IOException">A file cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Resume(StatusTable table)
    {
        foreach (var key in table.All.Where(entry => entry.Value.Has(StatusState.Moving)).Select(entry => entry.Key).ToList())
        {
            var known = StatusAccount.Of(settings, statusPath);
            if (known.ReadMove(key) is not { } account)
            {
                known.Remove(table, key, StatusState.Moving);
                continue;
            }

            // The next scan knows whether the account is gone with its folder.
            using var folders = Folders(account.Folder, _ => null);
            if (folders.Source(RelativePath.FolderOf(key.FileName)) is { Account: var keeper })
                _ = Finish(table, account, folders, Transfer(table, account, folders, keeper));
        }
    }

    private MoveFolders Folders(string target, Func<string, FileId?> expected) =>
        new(settings, statusPath, expected, target) { Leftovers = Leftovers, IsWatched = IsWatched };

    private static StatusName NamesOf(MoveAccount account, WatchSettings settings) => new(account.Watch ?? settings.Name);

    private FileTransfer Transfer(StatusTable table, MoveAccount account, MoveFolders folders, StatusAccount keeper) =>
        new(NamesOf(account, settings), folders, () => keeper.WriteMove(table, account), Flush, OnStep, log);

    private MoveResult Finish(StatusTable table, MoveAccount account, MoveFolders folders, FileTransfer transfer)
    {
        var first = transfer.FirstNumber(account.Files);
        var all = account.Files.ConvertAll(file => (File: file, Place: account.PlaceOf(file)));
        foreach (var (file, place) in all)
        {
            if (folders.Source(RelativePath.FolderOf(place)) is { } source)
                transfer.Move(file, source.Folder, source.Account.CopyResults, first);
        }

        // A result without its file would be taken for that of a new file with the same name.
        foreach (var (file, place) in all)
        {
            if (folders.Source(RelativePath.FolderOf(place)) is not { } source)
                continue;
            RemoveResults(table, source.Account, folders, file, place, transfer.IsMoved(file));
            OnStep(MoveStep.ResultsRemoved);
            if (file.Marker is { } marker && MarkerOf(place) is { } name)
            {
                var aside = NamesOf(account, settings).MarkerAsideOf(RelativePath.NameOf(place));
                transfer.Remove(source.Folder, RelativePath.NameOf(name), aside, marker);
            }

            OnStep(MoveStep.MarkerRemoved);
        }

        var keeper = folders.Source(RelativePath.FolderOf(account.Key.FileName))!.Account;
        keeper.Remove(table, account.Key, StatusState.Moving);
        var moved = all.Where(one => one.File.Target is not null).Select(one => one.Place).ToList();
        return new MoveResult(moved, [.. all.Select(one => one.Place).Except(moved).Where(IsThere)]);

        bool IsThere(string place) =>
            folders.Source(RelativePath.FolderOf(place))?.Folder.FactsOf(RelativePath.NameOf(place)) is not null;
    }

    private void RemoveResults(
        StatusTable table, StatusAccount account, MoveFolders folders, MovedFile file, string place, bool isMoved)
    {
        foreach (var key in settings.WorkOf(place))
        {
            // The text of a failure says why, and goes along. Another watch may have taken the file away, with all that is in it.
            if (file.Target is { } target && (!account.GoesWithFile || isMoved)
                && folders.FindTarget(RelativePath.FolderOf(target)) is { } folder)
                account.MoveFailure(table, key, folder.Path, RelativePath.NameOf(target));

            foreach (var state in new[] { StatusState.Done, StatusState.Failed, StatusState.Killed, StatusState.Mtime })
            {
                // The attributes of another file with the name are not those of the one that was processed.
                if (account.GoesWithFile)
                    table.Remove(key, state);
                else if (table[key].Has(state))
                    account.Remove(table, key, state);
            }
        }
    }

    private FileFacts? FactsOf(string name) => FileKind.FactsOf(Path.Join(settings.Path, name), isFollowed: false);

    // A marker without its file would be taken for that of a new file with the same name.
    private string? MarkerOf(string name) => settings.Marker is { IsOfOneFile: true } marker ? marker.Of(name) : null;
}
