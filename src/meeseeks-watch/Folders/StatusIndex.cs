using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The results of a watch, kept up to date by events: the part of a <see cref="FolderIndex"/> that jobs have written.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class StatusIndex
{
    private readonly WatchSettings _settings;
    private readonly Func<string, long?> _mtimeOf;
    private readonly StatusName _names;

    /// <summary>Makes an index without results.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="mtimeOf">The change time of a file of the folder; null when it is not there.</param>
    /// <param name="time">The source of the time.</param>
    public StatusIndex(WatchSettings settings, Func<string, long?> mtimeOf, TimeProvider time)
    {
        (_settings, _mtimeOf, _names) = (settings, mtimeOf, new StatusName(settings.Name));
        Path = StatusFolder.Of(settings);
        Account = StatusAccount.Of(settings, () => Path, time: time);
    }

    /// <summary>The folder of the status files at the last read.</summary>
    public string Path { get; set; }

    /// <summary>The account that keeps the results.</summary>
    public StatusAccount Account { get; }

    /// <summary>The results.</summary>
    public StatusTable Table { get; private set; } = new();

    /// <summary>Replaces all results by those of a read of the whole folder.</summary>
    public void Replace(StatusTable found)
    {
        found.TakeFailures(Table);
        Table = found;
    }

    /// <summary>Replaces the results in some folders, and below them, by those of a read.</summary>
    public void Replace(StatusTable found, IReadOnlyCollection<string> places)
    {
        found.TakeFailures(Table);
        Table.RemoveAll(key => places.Any(place => RelativePath.IsWithin(key.FileName, place)));
        Table.AddAll(found);
    }

    /// <summary>Adds the results of a read of folders that have none yet.</summary>
    public void Add(StatusTable found) => Table.AddAll(found);

    /// <summary>Adds a recorded change time.</summary>
    /// <remarks>
    /// The status file has the recorded time as its own change time. After a copy or an edit they differ, and its text is read.
    /// </remarks>
    /// <param name="key">The work.</param>
    /// <param name="ownTime">The time of the status file.</param>
    public void AddNote(WorkKey key, long ownTime)
    {
        if (!_settings.IsUpdated)
        {
            Table.Add(key, StatusState.Mtime);
            return;
        }

        var time = _mtimeOf(key.FileName) == ownTime ? ownTime : Account.ReadTime(key) ?? ownTime;
        Table.Add(key, StatusState.Mtime, time);
    }

    /// <summary>Reads a status file that may have come, changed or gone.</summary>
    /// <param name="name">A hidden name.</param>
    /// <returns>The file whose result it has; null when it is no status file of the watch.</returns>
    public string? Refresh(string name)
    {
        if (!_names.TryParse(name, out var key, out var state) || !Account.IsFile(state))
            return null;
        if (FileTime.OfFile(System.IO.Path.Join(Path, name)) is not { } time)
            Table.Remove(key, state);
        else
            Add(key, state, time);
        return key.FileName;
    }

    /// <summary>Reads the results that are kept with a file, if they are.</summary>
    public void RefreshOf(string file)
    {
        if (!Account.GoesWithFile)
            return;
        try
        {
            var results = Account.EntriesOf(file).ToList();
            DropOf(file);
            foreach (var (path, time, _) in results)
            {
                if (_names.TryParse(path, out var key, out var state))
                    Add(key, state, time);
            }
        }
        catch (IOException)
        {
            // Those of the last read count until the next one, which says why.
        }
    }

    /// <summary>Removes the results that are gone with a file, if they are kept with it.</summary>
    public void DropOf(string file)
    {
        if (!Account.GoesWithFile)
            return;
        foreach (var key in _settings.WorkOf(file))
        {
            foreach (var state in AttributeName.States)
                Table.Remove(key, state);
        }
    }

    private void Add(WorkKey key, StatusState state, long time)
    {
        if (state is StatusState.Mtime)
            AddNote(key, time);
        else
            Table.Add(key, state, time);
    }
}
