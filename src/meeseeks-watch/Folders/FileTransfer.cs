using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using Serilog;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Moves the files of one account, each from its folder into the target (docs/WATCH.md#moved-files).</summary>
/// <remarks>
/// Another file may take the place of one at any moment. So a file gets a hidden name of ours, or its name in the target, before it is
/// compared with the one that was processed. Only then is it removed, or stays there. Another one gets its name back.
/// </remarks>
/// <param name="names">The hidden names of the watch.</param>
/// <param name="folders">The folders of the move.</param>
/// <param name="write">Writes the account.</param>
/// <param name="flush">The flush of the disk.</param>
/// <param name="onStep">Receives each step that is done.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class FileTransfer(
    StatusName names, MoveFolders folders, Action write, DiskFlush flush, Action<MoveStep> onStep, ILogger log)
{
    /// <summary>Whether a file has its name in the target.</summary>
    public bool IsMoved(MovedFile file) =>
        file is { Target: { } target, Staged: { } staged }
        && TargetOf(file)?.FactsOf(RelativePath.NameOf(target)) is { } found
        && MovedFile.IsSame(found, staged);

    /// <summary>Whether a file is where it was before the move, or gone.</summary>
    public bool IsUntouched(MovedFile file, HeldFolder? source) => !IsMoved(file) && source?.FactsOf(AsideOf(file)) is null;

    /// <summary>The first number with which no name of some files is taken in the target.</summary>
    public int FirstNumber(List<MovedFile> files) => Enumerable.Range(0, int.MaxValue)
        .First(number => !files.Exists(file =>
            !IsMoved(file) && TargetOf(file)?.FactsOf(RelativePath.NameOf(file.NameOf(number))) is not null));

    /// <summary>Moves a file, or ends its move. When it is another one by now, it stays, and has no target.</summary>
    /// <param name="file">The file.</param>
    /// <param name="source">Its folder.</param>
    /// <param name="copyResults">Gives a copy the results that are kept with the file.</param>
    /// <param name="first">The first number for its name.</param>
    /// <exception cref="IOException">It cannot be moved, or has changed. It has its name again, if that is free.</exception>
    public void Move(MovedFile file, HeldFolder source, Action<string, string> copyResults, int first)
    {
        var (name, aside) = (RelativePath.NameOf(file.Name), AsideOf(file));
        if (source.FactsOf(aside) is { } other && !MovedFile.IsRenamed(other, file.Source))
            PutBack(source.At(aside), source, name);
        try
        {
            if (IsMoved(file))
                RemoveMoved(file, source, name, aside);
            else if (source.FactsOf(aside) is not null)
                Place(file, source, aside, copyResults, first);
            else if (source.FactsOf(name) is { } here && MovedFile.IsSame(here, file.Source))
                Place(file, source, name, copyResults, first);
            else if (source.FactsOf(name) is not null)
                file.Target = null;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            if (!IsMoved(file) && source.FactsOf(aside) is not null)
                _ = FileRenaming.TryRenameOwn(source.At(aside), source.At(name));
            RemoveCopy(file);
            throw;
        }

        RemoveCopy(file);
    }

    /// <summary>Removes a file, unless it is another one by now.</summary>
    /// <param name="source">Its folder.</param>
    /// <param name="name">Its name.</param>
    /// <param name="aside">A hidden name for it.</param>
    /// <param name="known">The file.</param>
    public void Remove(HeldFolder source, string name, string aside, FileFacts known)
    {
        if (source.FactsOf(aside) is null && source.FactsOf(name) is { } found && found.Id == known.Id)
        {
            if (found.Kind is FileKind.Folder)
                ByteFile.DeleteFolder(source.At(name));
            else if (MovedFile.IsSame(found, known))
                Hide(source, name, aside);
        }

        if (source.FactsOf(aside) is not { } hidden)
            return;
        if (MovedFile.IsRenamed(hidden, known))
            ByteFile.Delete(source.At(aside));
        else
            PutBack(source.At(aside), source, name);
    }

    // Whether a crash came before the flush is not known.
    private void RemoveMoved(MovedFile file, HeldFolder source, string name, string aside)
    {
        flush.NameOf(TargetOf(file)!.At(RelativePath.NameOf(file.Target!)));
        Remove(source, name, aside, file.Source);
    }

    private HeldFolder? TargetOf(MovedFile file) => folders.FindTarget(RelativePath.FolderOf(file.Name));

    private string AsideOf(MovedFile file) => names.AsideOf(RelativePath.NameOf(file.Name));

    private void Place(MovedFile file, HeldFolder source, string place, Action<string, string> copyResults, int first)
    {
        var target = folders.Target(RelativePath.FolderOf(file.Name));
        var copy = names.CopyOf(RelativePath.NameOf(file.Name));
        var isCopied = false;
        for (var number = first; ;)
        {
            (file.Target, file.Staged) = (file.NameOf(number), isCopied ? target.FactsOf(copy) : file.Source);
            write();
            onStep(MoveStep.Noted);
            var to = target.At(RelativePath.NameOf(file.Target));
            var result = isCopied ? FileRenaming.TryRenameOwn(target.At(copy), to) : TryRename(source.At(place), to, target);
            if (result is RenameResult.NameIsTaken)
            {
                number++;
            }
            else if (result is RenameResult.OtherFileSystem)
            {
                isCopied = TryCopy(file, source, place, target, copyResults);
                if (!isCopied)
                {
                    file.Target = null;
                    return;
                }
            }
            else if (result is RenameResult.Gone)
            {
                file.Target = isCopied ? throw new IOException("the copy of a file was removed before it had its name") : null;
                return;
            }
            else if (isCopied)
            {
                onStep(MoveStep.Published);
                flush.NameOf(to);
                Remove(source, RelativePath.NameOf(file.Name), AsideOf(file), file.Source);
                onStep(MoveStep.SourceRemoved);
                return;
            }
            else
            {
                Review(file, source, target, isLinked: result is RenameResult.Linked);
                return;
            }
        }
    }

    // The target is known to accept files, so that it is the other folder that refuses.
    private static RenameResult TryRename(string from, string to, HeldFolder target)
    {
        try
        {
            return FileRenaming.TryRename(from, to);
        }
        catch (IOException problem) when (problem.HResult is ErrorNumber.NotPermitted && LibC.Access(target.Path, AccessMode.Writable) == 0)
        {
            throw new IOException($"the file may not be removed from its folder: {problem.Message}", problem.HResult);
        }
    }

    // A file that was renamed must be the one that was processed.
    private void Review(MovedFile file, HeldFolder source, HeldFolder target, bool isLinked)
    {
        var name = RelativePath.NameOf(file.Target!);

        // Another watch may have taken it away already.
        if (target.FactsOf(name) is not { } found || MovedFile.IsRenamed(found, file.Source))
        {
            onStep(MoveStep.Renamed);
            if (isLinked)
                Remove(source, RelativePath.NameOf(file.Name), AsideOf(file), file.Source);
            return;
        }

        if (isLinked)
            ByteFile.Delete(target.At(name));
        else
            PutBack(target.At(name), source, RelativePath.NameOf(file.Name));
        file.Target = null;
        ThrowIfChanged(file, found);
    }

    // False when another file has taken its place. Else it is set aside.
    private bool TryCopy(MovedFile file, HeldFolder source, string place, HeldFolder target, Action<string, string> copyResults)
    {
        var (copy, aside) = (names.CopyOf(RelativePath.NameOf(file.Name)), AsideOf(file));
        if (source.FactsOf(place) is not { } found)
            return false;
        var isLink = found.Kind is FileKind.Link;
        using var held = HeldFile.Open(source.At(place), isLink);
        if (held.Facts is not { } before || found.Id != file.Source.Id || (!isLink && found.Id != before.Id))
            return false;
        if (before.Kind is not FileKind.Regular)
            throw new IOException("it is no regular file");
        if (!isLink && found != before)
            return ThrowIfChanged(file, before);
        ByteFile.Delete(target.At(copy));
        try
        {
            ByteFile.Copy(held.Path, target.At(copy));
            copyResults(held.Path, target.At(copy));
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException(FileProblem.Reason(target.At(copy), problem), problem);
        }

        folders.RemoveLeftovers(names, target.FactsOf(copy)?.ChangeTime ?? 0);
        onStep(MoveStep.Copied);
        if (place == aside)
            return true;
        if (source.FactsOf(place) is not { } present)
            return false;
        if (present != found || held.Facts != before)
            return ThrowIfChanged(file, present);
        Hide(source, place, aside);
        if (source.FactsOf(aside) is not { } hidden)
            return false;
        if (!MovedFile.IsRenamed(hidden, found) || held.Facts is not { } after || !MovedFile.IsSame(after, before))
        {
            PutBack(source.At(aside), source, place);
            return ThrowIfChanged(file, hidden);
        }

        onStep(MoveStep.SetAside);
        return true;
    }

    // A part of its set may have been moved, and its own move goes on later.
    private bool ThrowIfChanged(MovedFile file, FileFacts found)
    {
        if (found.Id != file.Source.Id)
            return false;
        file.Source = found;
        write();
        throw new IOException("a file has changed during its move");
    }

    private static void Hide(HeldFolder source, string name, string aside)
    {
        try
        {
            if (FileRenaming.TryHide(source.At(name), source.At(aside)) is RenameResult.NameIsTaken)
                throw new IOException($"there is a file {aside} in its folder; move that away");
        }
        catch (IOException problem) when (problem.HResult is ErrorNumber.NotPermitted or ErrorNumber.Denied)
        {
            throw new IOException($"the file may not be removed from its folder: {problem.Message}", problem.HResult);
        }
    }

    private void PutBack(string from, HeldFolder source, string name)
    {
        for (var number = 0; ; number++)
        {
            var to = MovedFile.NameOf(name, number);
            if (FileRenaming.TryRenameOwn(from, source.At(to)) is RenameResult.NameIsTaken)
                continue;
            if (number > 0)
                log.Warning("{File} was replaced twice during its move: both new files are kept, the first one as {Name}", name, to);
            return;
        }
    }

    private void RemoveCopy(MovedFile file)
    {
        var copy = names.CopyOf(RelativePath.NameOf(file.Name));
        if (TargetOf(file) is { } target && target.FactsOf(copy) is not null)
            ByteFile.Delete(target.At(copy));
    }
}
