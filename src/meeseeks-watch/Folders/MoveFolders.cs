using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The folders of one move. They stay the same ones when others take their places.</summary>
/// <param name="settings">The watch.</param>
/// <param name="statusPath">The folder of the status files.</param>
/// <param name="expected">Tells which folder the watch has read at a path; null for any.</param>
/// <param name="target">The path of the target.</param>
internal sealed class MoveFolders(
    WatchSettings settings, Func<string> statusPath, Func<string, FileId?> expected, string target) : IDisposable
{
    private readonly Dictionary<string, MoveSource?> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldFolder> _targets = new(StringComparer.Ordinal);

    /// <summary>Whether the watch takes the files of a folder.</summary>
    public Func<FileId, bool> IsWatched { get; init; } = _ => false;

    /// <summary>Searches the targets for copies that a crash has left.</summary>
    public CopyLeftovers Leftovers { get; init; } = new();

    /// <summary>Whether another folder is at a path than the watch has read.</summary>
    public bool HasOther { get; private set; }

    /// <summary>A folder of files; null when it is not there.</summary>
    /// <param name="folder">Its path in the watched one.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public MoveSource? Source(string folder)
    {
        if (_sources.TryGetValue(folder, out var known))
            return known;
        var held = HeldFolder.TryOpen(Path.Join(settings.Path, folder), out var problem);
        if (problem is not null)
            throw new IOException($"{Path.Join(settings.Path, folder)}: {problem}");
        if (held is not null && expected(folder) is { } id && held.Id != id)
        {
            held.Dispose();
            (held, HasOther) = (null, true);
        }

        return _sources[folder] = held is null ? null : new MoveSource(held, AccountOf(held, folder));
    }

    /// <summary>Makes the target. Only the last folder of the path is made: the rest may be a file system that is not mounted.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void MakeTarget()
    {
        if (Directory.Exists(target))
            return;
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new IOException($"there is no folder {Path.GetDirectoryName(target)}");
        if (FileKind.FactsOf(target, isFollowed: false) is { Kind: var kind })
            throw new IOException(kind is FileKind.Link ? "it is a link that leads to no folder" : "it is no folder");
        _ = Directory.CreateDirectory(target);
    }

    /// <summary>The target, or a folder in it; null when it does not exist.</summary>
    public HeldFolder? FindTarget(string below = "")
    {
        if (_targets.TryGetValue(below, out var known))
            return known;
        var path = below.Length == 0 ? target : FindTarget()?.At(below);
        if (path is null || HeldFolder.TryOpen(path) is not { } held)
            return null;
        return _targets[below] = held;
    }

    /// <summary>The target, or a folder in it, which is made.</summary>
    /// <exception cref="IOException">It does not exist, cannot be opened, or is a folder of the watch.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public HeldFolder Target(string below = "")
    {
        if (below.Length > 0)
            ByteFile.MakeFolder(Target().At(below));
        var held = FindTarget(below) ?? throw new IOException($"there is no folder {Path.Join(target, below)}");
        if (_sources.Values.Any(source => source?.Folder.Id == held.Id) || IsWatched(held.Id))
            throw new IOException("it leads to a folder of this watch by now, so that the files would come back");
        return held;
    }

    /// <summary>Removes the copies that a crash has left in the target.</summary>
    /// <param name="names">The names of the watch.</param>
    /// <param name="now">The time by the clock of the file system, in units of 100 ns since 1970.</param>
    public void RemoveLeftovers(StatusName names, long now) => Leftovers.Remove(Target(), settings.Depth, names, now);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source?.Folder.Dispose();
        foreach (var held in _targets.Values)
            held.Dispose();
    }

    // Status files that are elsewhere belong to the path.
    private StatusAccount AccountOf(HeldFolder held, string folder) => StatusAccount.Of(
        settings, () => settings.StatusPath is null ? held.Path : Path.Join(statusPath(), folder), folder);
}
