using System.Runtime.InteropServices;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What a read of folders has found.</summary>
/// <param name="settings">The watch.</param>
/// <param name="names">Tells apart hidden names.</param>
/// <param name="countFailures">Reads the number of failures in a status file.</param>
internal sealed class FolderContents(WatchSettings settings, HiddenNames names, Func<WorkKey, int> countFailures)
{
    /// <summary>The files.</summary>
    public List<WatchedFile> Files { get; } = [];

    /// <summary>The folders, and the hidden markers.</summary>
    public HashSet<string> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>The status files, without those of <see cref="Notes"/>.</summary>
    public StatusTable Status { get; } = new(countFailures, settings.HasSets ? settings.SetKeyOf : null);

    /// <summary>The <c>.mtime</c> files, each with the time of the file itself. Their texts are read when that is needed.</summary>
    public List<(WorkKey Key, long Time)> Notes { get; } = [];

    // A file and its status files share one text of its name.
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    /// <summary>Adds entries.</summary>
    public void Add(IEnumerable<FolderEntry> entries)
    {
        foreach (var (path, time, isFolder) in entries)
        {
            if (isFolder || names.IsHiddenMarker(path))
                _ = Others.Add(path);
            else if (!RelativePath.IsHidden(path))
                Files.Add(new WatchedFile(Shared(path), time));
            else if (!names.TryParse(path, out var key, out var state))
                continue;
            else if (state is StatusState.Mtime && settings.IsUpdated)
                Notes.Add((key, time));
            else
                Status.Add(key with { FileName = Shared(key.FileName) }, state, time);
        }
    }

    /// <summary>Puts the files in order.</summary>
    public void Sort() => SortedFiles.Sort(Files);

    private string Shared(string path)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_paths, path, out _);
        return known ??= path;
    }
}
