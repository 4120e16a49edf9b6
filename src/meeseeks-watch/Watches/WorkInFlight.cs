using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The work that is submitted and not recorded yet, by the folder of its files.</summary>
/// <remarks>A folder with work stays in reach when another one takes its place.</remarks>
internal sealed class WorkInFlight : IDisposable
{
    private static readonly HashSet<WorkKey> None = [];

    private readonly Dictionary<FileId, (HeldFolder Folder, string StatusPath, HashSet<WorkKey> Work)> _byFolder = [];

    /// <summary>Whether there is no work.</summary>
    public bool IsEmpty => _byFolder.Count is 0;

    /// <summary>The work for files of a folder.</summary>
    public IReadOnlySet<WorkKey> Of(FileId? folder) =>
        folder is { } id && _byFolder.TryGetValue(id, out var entry) ? entry.Work : None;

    /// <summary>Whether a folder with work was deleted.</summary>
    public bool IsDeleted(FileId folder) => _byFolder[folder].Folder.IsDeleted;

    /// <summary>The folder for the status files of a folder with work.</summary>
    public string StatusPathOf(FileId folder) => _byFolder[folder].StatusPath;

    /// <summary>Replaces the folder for the status files of a folder, if that has work.</summary>
    public void SetStatusPath(FileId folder, string? statusPath)
    {
        if (_byFolder.TryGetValue(folder, out var entry))
            _byFolder[folder] = (entry.Folder, statusPath ?? entry.Folder.Path, entry.Work);
    }

    /// <summary>The folders, other than the given one, with the same work for their own files.</summary>
    public IEnumerable<FileId> OthersWith(WorkKey work, FileId folder) =>
        _byFolder.Where(entry => entry.Key != folder && entry.Value.Work.Contains(work)).Select(entry => entry.Key);

    /// <summary>Adds work.</summary>
    /// <param name="path">The path of the folder.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="work">The work.</param>
    /// <param name="statusPath">The folder of its status files; null for the folder itself.</param>
    /// <returns>False when another folder is at the path by now.</returns>
    public bool TryAdd(string path, FileId folder, WorkKey work, string? statusPath)
    {
        if (!_byFolder.TryGetValue(folder, out var entry))
        {
            if (HeldFolder.TryOpen(path) is not { } held)
                return false;
            if (held.Id != folder)
            {
                held.Dispose();
                return false;
            }

            _byFolder.Add(folder, entry = (held, statusPath ?? held.Path, []));
        }

        return entry.Work.Add(work);
    }

    /// <summary>Removes work that is recorded, or was not submitted.</summary>
    public void Remove(FileId folder, WorkKey work)
    {
        var (held, _, all) = _byFolder[folder];
        if (!all.Remove(work) || all.Count > 0)
            return;
        _ = _byFolder.Remove(folder);
        held.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (folder, _, _) in _byFolder.Values)
            folder.Dispose();
        _byFolder.Clear();
    }
}
