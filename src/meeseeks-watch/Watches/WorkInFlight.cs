using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The work that is submitted and not recorded yet, by the folder of its files.</summary>
/// <remarks>A folder with work stays in reach when another one takes its place.</remarks>
internal sealed class WorkInFlight : IDisposable
{
    private static readonly HashSet<WorkKey> None = [];

    private readonly Dictionary<FileId, FolderWork> _byFolder = [];
    private readonly Dictionary<(int Index, int List), int> _counts = [];

    /// <summary>Whether there is no work.</summary>
    public bool IsEmpty => _byFolder.Count is 0;

    /// <summary>The number of jobs of a jobspec: of a step and a list.</summary>
    public int CountOf(int index, int list) => _counts.GetValueOrDefault((index, list));

    /// <summary>The work for files of some folders, with the paths at which they are now.</summary>
    /// <param name="folders">The folders, by their paths relative to the watched one.</param>
    public IReadOnlySet<WorkKey> Of(IEnumerable<(string Path, FileId Id)> folders)
    {
        HashSet<WorkKey>? first = null, all = null;
        foreach (var (path, id) in folders)
        {
            if (!_byFolder.TryGetValue(id, out var entry))
                continue;
            if (first is null && all is null && entry.Subfolder == path)
            {
                first = entry.Work;
                continue;
            }

            // Most watches have the work of one folder, whose set is not copied.
            all ??= [.. first ?? None];
            all.UnionWith(entry.Subfolder == path ? entry.Work : entry.Work.Select(key => Moved(key, path)));
        }

        return all ?? first ?? None;
    }

    /// <summary>Whether there is work for files of a watched folder, or of the sub-folders in it.</summary>
    public bool HasWorkOf(FileId watched) => _byFolder.Values.Any(entry => entry.Watched == watched);

    /// <summary>Whether a folder with work was deleted.</summary>
    public bool IsDeleted(FileId folder) => _byFolder[folder].Folder.IsDeleted;

    /// <summary>A path that leads to a folder with work, wherever it is.</summary>
    public string PathOf(FileId folder) => _byFolder[folder].Folder.Path;

    /// <summary>The folder for the status files of a folder with work.</summary>
    public string StatusPathOf(FileId folder) => _byFolder[folder].StatusPath;

    /// <summary>Replaces the folder for the status files of a watched folder and its sub-folders, as far as they have work.</summary>
    public void SetStatusPath(FileId watched, string? statusPath)
    {
        foreach (var (id, entry) in _byFolder.Where(entry => entry.Value.Watched == watched).ToList())
            _byFolder[id] = entry with { StatusPath = StatusPathIn(entry.Folder, statusPath, entry.Subfolder) };
    }

    /// <summary>Adds work.</summary>
    /// <param name="path">The path of the watched folder.</param>
    /// <param name="watched">The watched folder.</param>
    /// <param name="folder">The folder of the file: the watched one, or a sub-folder.</param>
    /// <param name="work">The work.</param>
    /// <param name="statusPath">The folder of the status files of the watch; null for the watched folder itself.</param>
    /// <param name="problem">Why the folder cannot be held, which the log should tell; null when there is no such problem.</param>
    /// <returns>False when the folder cannot be held, or another one is at the path by now.</returns>
    public bool TryAdd(string path, FileId watched, FileId folder, WorkItem work, string? statusPath, out string? problem)
    {
        problem = null;
        if (!_byFolder.TryGetValue(folder, out var entry))
        {
            var subfolder = RelativePath.FolderOf(work.FileName!);
            if (HeldFolder.TryOpen(Path.Join(path, subfolder), out problem) is not { } held)
                return false;
            if (held.Id != folder)
            {
                held.Dispose();
                return false;
            }

            _byFolder.Add(folder, entry = new FolderWork(held, watched, subfolder, StatusPathIn(held, statusPath, subfolder), []));
        }

        if (!entry.Work.Add(work.Key))
            return false;
        _counts[(work.Index, work.List)] = CountOf(work.Index, work.List) + 1;
        return true;
    }

    /// <summary>Removes work that is recorded, or was not submitted.</summary>
    public void Remove(FileId folder, WorkItem work)
    {
        var entry = _byFolder[folder];
        if (!entry.Work.Remove(work.Key))
            return;
        _counts[(work.Index, work.List)]--;
        if (entry.Work.Count > 0)
            return;
        _ = _byFolder.Remove(folder);
        entry.Folder.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _byFolder.Values)
            entry.Folder.Dispose();
        _byFolder.Clear();
    }

    private static WorkKey Moved(WorkKey key, string folder) =>
        key with { FileName = RelativePath.Join(folder, RelativePath.NameOf(key.FileName)) };

    private static string StatusPathIn(HeldFolder folder, string? statusPath, string subfolder) =>
        statusPath is null ? folder.Path : Path.Join(statusPath, subfolder);

    // The path of the folder is that at which it was when its first work was submitted.
    private sealed record FolderWork(HeldFolder Folder, FileId Watched, string Subfolder, string StatusPath, HashSet<WorkKey> Work);
}
