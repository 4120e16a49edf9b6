using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Moves processed files into the folder of <c>done_to</c> or <c>failed_to</c> (docs/SPECIFICATION.md#moved-files).</summary>
/// <remarks>
/// An account of the move (<see cref="MoveAccount"/>) is written first, and again before each step that it does not know. After a crash,
/// it tells which files have been moved.
/// </remarks>
/// <param name="settings">The watch.</param>
/// <param name="files">The results.</param>
internal sealed class FileMover(WatchSettings settings, StatusAccount files)
{
    private readonly StatusName _names = new(settings.Name);

    /// <summary>Moves a file, or all files of a set, and their status files.</summary>
    /// <param name="table">The table of status files, which is updated.</param>
    /// <param name="move">The files.</param>
    /// <returns>False when they are gone.</returns>
    /// <exception cref="IOException">A file cannot be moved. The next try, or the next start, goes on.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public bool Move(StatusTable table, FileMove move)
    {
        var moved = move.Files
            .Select(name => (Name: name, Source: FactsOf(Path.Join(settings.Path, name))))
            .Where(file => file.Source is not null)
            .Select(file => new MovedFile(file.Name, file.Source!.Value))
            .ToList();
        if (moved.Count == 0)
            return false;
        MakeFolder(move.Folder);
        var account = new MoveAccount(move.Folder, moved) { Key = new WorkKey(0, move.Files[0]) };
        files.WriteMove(table, account);
        try
        {
            Finish(table, account);
            return true;
        }
        catch (Exception problem) when (FileProblem.Is(problem) && moved.TrueForAll(file => !IsMoved(account, file)))
        {
            files.Remove(table, account.Key, StatusState.Moving);
            throw;
        }
    }

    /// <summary>Ends the moves that a crash or a failure has interrupted.</summary>
    /// <exception cref="IOException">A file cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Resume(StatusTable table)
    {
        foreach (var key in table.All.Where(entry => entry.Value.Has(StatusState.Moving)).Select(entry => entry.Key).ToList())
        {
            if (files.ReadMove(key) is { } account)
                Finish(table, account);
            else
                files.Remove(table, key, StatusState.Moving);
        }
    }

    private void Finish(StatusTable table, MoveAccount account)
    {
        var first = Enumerable.Range(0, int.MaxValue)
            .First(number => !account.Files.Exists(file => !IsMoved(account, file) && IsTaken(account.At(file.NameOf(number)))));
        foreach (var file in account.Files)
        {
            var source = Path.Join(settings.Path, file.Name);
            var isHere = IsAt(source, file.Source);
            if (!IsMoved(account, file) && isHere)
                Place(table, account, file, first);
            else if (IsMoved(account, file) && isHere)
                ByteFile.Delete(source);
        }

        // A result without its file would be taken for that of a new file with the same name.
        foreach (var file in account.Files)
        {
            RemoveStatus(table, account, file);
            RemoveMarker(file.Name);
        }

        files.Remove(table, account.Key, StatusState.Moving);
    }

    private static bool IsMoved(MoveAccount account, MovedFile file) =>
        file.Target is { } target && file.Staged is { } staged && IsAt(account.At(target), staged);

    private static bool IsAt(string path, FileFacts file) =>
        FactsOf(path) is { } found && found.Id == file.Id && found.WriteTime == file.WriteTime;

    private static bool IsTaken(string target) => FactsOf(target) is not null;

    private static FileFacts? FactsOf(string path) => FileKind.FactsOf(path, isFollowed: false);

    private void Place(StatusTable table, MoveAccount account, MovedFile file, int first)
    {
        var source = Path.Join(settings.Path, file.Name);
        var staged = source;
        for (var number = first; ;)
        {
            var target = file.NameOf(number);
            if (RelativePath.FolderOf(target) is { Length: > 0 } below)
                ByteFile.MakeFolder(account.At(below));
            (file.Target, file.Staged) = (target, FactsOf(staged));
            files.WriteMove(table, account);
            var result = FileRenaming.TryRename(staged, account.At(target));
            if (result is RenameResult.Done)
                break;
            if (result is RenameResult.NameIsTaken)
                number++;
            else
                CopyTo(staged = account.At(_names.CopyOf(file.Name)), source, files);
        }

        if (staged != source)
            ByteFile.Delete(source);
    }

    private static void CopyTo(string target, string source, StatusAccount files)
    {
        ByteFile.Delete(target);
        try
        {
            ByteFile.Copy(source, target);
            files.CopyResults(source, target);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            ByteFile.Delete(target);
            throw new IOException(FileProblem.Reason(target, problem), problem);
        }
    }

    private void RemoveStatus(StatusTable table, MoveAccount account, MovedFile file)
    {
        foreach (var key in settings.WorkOf(file.Name))
        {
            // The text of a failure says why, and goes along. Another watch may have taken the file away, with all that is in it.
            if (file.Target is { } name && (!files.GoesWithFile || IsMoved(account, file)))
                files.MoveFailure(table, key, account.Folder, name);

            foreach (var state in new[] { StatusState.Done, StatusState.Failed, StatusState.Killed, StatusState.Mtime })
            {
                if (table[key].Has(state))
                    files.Remove(table, key, state);
            }
        }
    }

    // A marker without its file would be taken for that of a new file with the same name.
    private void RemoveMarker(string name)
    {
        if (settings.Marker is not { IsOfOneFile: true } marker || marker.Of(name) is not { } other)
            return;
        var path = Path.Join(settings.Path, other);
        if (FactsOf(path) is { Kind: FileKind.Folder })
            ByteFile.DeleteFolder(path);
        else
            ByteFile.Delete(path);
    }

    // Only the last folder of the path is made: the rest may be a file system that is not mounted.
    private static void MakeFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (!Directory.Exists(Path.GetDirectoryName(folder)))
            throw new IOException($"there is no folder {Path.GetDirectoryName(folder)}");
        _ = Directory.CreateDirectory(folder);
    }
}
