using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Reports files of a watch without <c>updated</c> that have changed since their jobs began.</summary>
/// <remarks>
/// A file is looked at when its job begins and ends, and when the system reports that it was written: no other time. It is looked at in
/// its own folder, wherever that is: a file of another folder at its path is not compared with it.
/// </remarks>
/// <param name="settings">The watch.</param>
/// <param name="folderOf">The folder that was read last at a path relative to the watched one; null when none was.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class ChangeReporter(WatchSettings settings, Func<string, FileId?> folderOf, ILogger log)
{
    private const int MostNames = 100_000;

    private readonly Dictionary<(FileId Folder, WorkKey Key), FileFacts?> _begun = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    // Files that were others at the ends of their jobs. Those that were removed in between may become new files first.
    private readonly List<WorkKey> _changed = [];

    /// <summary>Replaces the settings.</summary>
    public void Reconfigure(WatchSettings changed) => settings = changed;

    /// <summary>Records the start of a job.</summary>
    /// <param name="folder">The folder of its file.</param>
    /// <param name="path">A path that leads to this folder, wherever it is.</param>
    /// <param name="key">The work.</param>
    public void AddStart(FileId folder, string path, WorkKey key)
    {
        if (!settings.IsUpdated)
            _begun[(folder, key)] = FactsOf(path, key.FileName);
    }

    /// <summary>Looks at a file whose job has ended (<see cref="Report"/>).</summary>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="path">A path that leads to this folder, wherever it is.</param>
    /// <param name="key">The work.</param>
    /// <param name="present">The work with the present path of the file; null when its folder is not watched any more.</param>
    public void AddEnd(FileId folder, string path, WorkKey key, WorkKey? present)
    {
        if (_begun.Remove((folder, key), out var begun) && begun is { } before && present is { } now
            && FactsOf(path, key.FileName) is { } after && IsChanged(before, after))
            _changed.Add(now);
    }

    /// <summary>Reports files that have changed during their jobs, or were written and have a result that is older.</summary>
    /// <remarks>To be called when the results of former files are removed.</remarks>
    /// <param name="written">The files that were closed after a write, or moved into the folder.</param>
    /// <param name="status">The table of status files.</param>
    /// <param name="resultTime">The time at which a result was written.</param>
    /// <returns>With <c>updated</c>, the work of files that are others now, although their time of change is the same.</returns>
    public IReadOnlyList<(WorkKey Key, long Mtime)> Report(
        IEnumerable<string> written, StatusTable status, Func<WorkKey, StatusState, DateTimeOffset?> resultTime)
    {
        _changed.Where(key => status[key].Result is not null).ToList().ForEach(key => LogChange(key.FileName));
        _changed.Clear();

        // Another file has no results where they are with the files.
        var others = new List<(WorkKey Key, long Mtime)>();
        if (settings is { HasAttributes: true, IsUpdated: true })
            return others;
        foreach (var name in written)
        {
            // A rename changes the ctime, too, and nobody can set it. But so does the record of a result in an attribute.
            var key = new WorkKey(0, name);
            if (status[key].Result is not { } result || IsRunning(key) || FactsOf(name) is not { } facts
                || resultTime(key, result) is not { } time
                || (settings.HasAttributes ? facts.WriteTime : facts.ChangeTime) <= FileTime.Of(time))
                continue;
            if (!settings.IsUpdated)
                LogChange(name);
            else if (status[key].Tracked == facts.WriteTime)
                others.Add((key, facts.WriteTime));
        }

        return others;
    }

    private static bool IsChanged(FileFacts before, FileFacts after) =>
        (before.Id, before.WriteTime, before.Length) != (after.Id, after.WriteTime, after.Length);

    private static FileFacts? FactsOf(string path, string name) => FileKind.FactsOf(Path.Join(path, RelativePath.NameOf(name)));

    private bool IsRunning(WorkKey key) =>
        folderOf(RelativePath.FolderOf(key.FileName)) is { } folder && _begun.ContainsKey((folder, key));

    // Null also when another folder than the one that was read is at the path.
    private FileFacts? FactsOf(string name)
    {
        var subfolder = RelativePath.FolderOf(name);
        using var held = HeldFolder.TryOpen(Path.Join(settings.Path, subfolder));
        return held is not null && held.Id == folderOf(subfolder) ? FactsOf(held.Path, name) : null;
    }

    private void LogChange(string name)
    {
        if (settings.IsUpdated)
            return;
        if (_reported.Count >= MostNames)
            _reported.Clear();
        if (_reported.Add(name))
            log.Information("{File} has changed since its job began; updated is off, and it is not run again", name);
    }
}
