using System.IO.Enumeration;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Lists what concerns a watch in a folder and, with <c>recursive</c>, in those below it.</summary>
/// <param name="settings">The watch.</param>
/// <param name="names">Tells apart hidden names.</param>
/// <param name="account">The results of the watch.</param>
internal sealed class FolderReader(WatchSettings settings, HiddenNames names, StatusAccount account)
{
    /// <summary>Lists the files and folders below a folder, and the results that are beside the files or with them.</summary>
    /// <param name="folder">The folder, relative to the watched one, which is empty.</param>
    /// <param name="enter">Receives each folder before it is read.</param>
    /// <param name="onFault">Receives each sub-folder that cannot be read, and the reason.</param>
    /// <exception cref="IOException">The watched folder itself cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to it is denied.</exception>
    public IEnumerable<FolderEntry> Files(string folder, Action<string>? enter = null, Action<string, string>? onFault = null) =>
        Read(settings.Path!, folder, hasFiles: true, hasStatus: settings.StatusPath is null, enter, onFault);

    /// <summary>Lists the status files of <c>status_path</c> below a folder.</summary>
    /// <param name="statusPath">The folder of the status files.</param>
    /// <param name="folder">The folder, relative to it.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a folder is denied.</exception>
    public IEnumerable<FolderEntry> Status(string statusPath, string folder) =>
        Read(statusPath, folder, hasFiles: false, hasStatus: true, enter: null, onFault: null).Where(entry => !entry.IsFolder);

    /// <summary>Lists the folder at a path, which is empty, and those below it that belong to the watch.</summary>
    /// <param name="root">The watched folder, or that of the status files.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a folder is denied.</exception>
    public IReadOnlyList<string> Folders(string root)
    {
        var folders = new List<string>();
        _ = Read(root, string.Empty, hasFiles: false, hasStatus: false, folders.Add, onFault: null).Count();
        return folders;
    }

    private IEnumerable<FolderEntry> Read(
        string root, string first, bool hasFiles, bool hasStatus, Action<string>? enter, Action<string, string>? onFault)
    {
        var folders = new Stack<string>([first]);
        while (folders.TryPop(out var folder))
        {
            if (folder.Length > 0 && hasFiles && hasStatus && onFault is not null && OtherWatcher(root, folder) is { } other)
            {
                onFault(folder, $"another meeseeks-watch ({other}) serves it for watch {settings.Name}");
                continue;
            }

            enter?.Invoke(folder);
            var entries = Entries(root, folder, hasFiles, hasStatus);
            if (account.GoesWithFile)
                entries = WithResults(entries);
            foreach (var entry in folder.Length == 0 ? entries : Whole(entries, folder, onFault))
            {
                yield return entry;
                if (entry.IsFolder && settings.IsWatched(entry.Path) && !IsLink(root, entry.Path))
                    folders.Push(entry.Path);
            }
        }
    }

    private LockOwner? OtherWatcher(string root, string folder) => FolderLock.Find(Path.Join(root, folder), settings.Name);

    // What looks like a status file is none where results are with the files.
    private IEnumerable<FolderEntry> WithResults(IEnumerable<FolderEntry> entries)
    {
        foreach (var entry in entries)
        {
            var isResult = names.TryParse(entry.Path, out _, out var state);
            if (!isResult || account.IsFile(state))
                yield return entry;
            if (entry.IsFolder || RelativePath.IsHidden(entry.Path))
                continue;
            foreach (var result in account.EntriesOf(entry.Path, isFresh: false))
                yield return result;
        }
    }

    // All entries of a sub-folder, or none: it may be gone since its name was read, or not be ours to read. Files without their status
    // files would run again.
    private static List<FolderEntry> Whole(IEnumerable<FolderEntry> entries, string folder, Action<string, string>? onFault)
    {
        try
        {
            return [.. entries];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception problem) when (onFault is not null && FileProblem.Is(problem))
        {
            onFault(folder, problem.Message);
            return [];
        }
    }

    // Links could lead round in a circle.
    private static bool IsLink(string root, string folder) =>
        FileKind.FactsOf(Path.Join(root, folder), isFollowed: false)?.Kind is FileKind.Link;

    private IEnumerable<FolderEntry> Entries(string root, string folder, bool hasFiles, bool hasStatus)
    {
        // .NET does not find a path with bytes that are not UTF-8.
        var path = Path.Join(root, folder);
        using var held = ByteText.HasBytes(path) ? HeldFolder.TryOpen(path) : null;
        var hasByteNames = false;
        var entries = new FileSystemEnumerable<FolderEntry>(
            held?.Path ?? path,
            (ref FileSystemEntry entry) => new FolderEntry(
                folder.Length == 0 ? entry.FileName.ToString() : $"{folder}/{entry.FileName}", Time(ref entry), entry.IsDirectory),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            // Names that do not concern the watch are filtered before a string is made of them.
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            {
                var mayBeOther = ByteNames.MayBe(entry.FileName);
                hasByteNames |= mayBeOther;
                return !mayBeOther && IsConcern(entry.FileName, entry.IsDirectory, hasFiles, hasStatus);
            },
        };
        foreach (var entry in entries)
            yield return entry;
        foreach (var name in hasByteNames ? ByteNames.In(path) : [])
        {
            var file = Path.Join(path, name);
            var isFolder = ByteFile.IsFolder(file);
            if (!IsConcern(name, isFolder, hasFiles, hasStatus) || FileKind.FactsOf(file, isFollowed: false) is not { } facts)
                continue;
            var written = FileKind.FactsOf(file)?.WriteTime ?? facts.WriteTime;
            yield return new FolderEntry(RelativePath.Join(folder, name), written, isFolder);
        }
    }

    private bool IsConcern(ReadOnlySpan<char> name, bool isFolder, bool hasFiles, bool hasStatus) => names.IsHiddenMarker(name)
        ? hasFiles
        : (name[0] != '.' ? hasFiles || isFolder : hasStatus && name.StartsWith(names.Prefix, StringComparison.Ordinal))
            && (!isFolder || (settings.NeedsOtherNames && name[0] != '.'));

    // A time costs a system call for each name, so only times that a rule needs are read.
    private long Time(ref FileSystemEntry entry)
    {
        var isAsked = entry.FileName[0] != '.'
            ? settings.NeedsMtimes && !entry.IsDirectory
            : entry.FileName.EndsWith(".failed", StringComparison.Ordinal)
                || (settings.IsUpdated && entry.FileName.EndsWith(".mtime", StringComparison.Ordinal));
        if (!isAsked)
            return 0;
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
        return isLink && FileKind.FactsOf(entry.ToFullPath()) is { } target ? target.WriteTime : FileTime.Of(entry.LastWriteTimeUtc);
    }
}
