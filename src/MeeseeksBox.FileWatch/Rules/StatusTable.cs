using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>All status files of a watch.</summary>
/// <remarks>The reader of the folder updates it. The rules only read it.</remarks>
public sealed class StatusTable
{
    private readonly Dictionary<WorkKey, FileStatus> _byKey = [];

    /// <summary>The status files by work item.</summary>
    public IReadOnlyCollection<KeyValuePair<WorkKey, FileStatus>> All => _byKey;

    /// <summary>The status files of a work item; empty when there are none.</summary>
    public FileStatus this[WorkKey key] => _byKey.GetValueOrDefault(key);

    /// <summary>Adds a status file.</summary>
    /// <param name="key">The work item.</param>
    /// <param name="state">The state of the file.</param>
    /// <param name="time">When it was written; for <see cref="StatusState.Mtime"/>, the time in it. Units of 100 ns since 1970.</param>
    public void Add(WorkKey key, StatusState state, long time = 0) => _byKey[key] = this[key].With(state, time);

    /// <summary>Removes a status file, if it is in the table.</summary>
    public void Remove(WorkKey key, StatusState state)
    {
        var left = this[key].Without(state);
        if (left.States == 0)
            _ = _byKey.Remove(key);
        else
            _byKey[key] = left;
    }
}
