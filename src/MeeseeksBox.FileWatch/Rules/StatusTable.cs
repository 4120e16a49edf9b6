using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>All status files of a watch, from the listing of its folder. Whoever reads the folder keeps it; the rules only look.</summary>
public sealed class StatusTable
{
    private readonly Dictionary<WorkKey, FileStatus> _byKey = [];

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<KeyValuePair<WorkKey, FileStatus>> All => _byKey;

    /// <summary>What is known of a job of a file.</summary>
    public FileStatus this[WorkKey key] => _byKey.GetValueOrDefault(key);

    /// <summary>Takes note of a status file.</summary>
    /// <param name="key">What it belongs to.</param>
    /// <param name="state">What it says.</param>
    /// <param name="time">When it was written; for <see cref="StatusState.Mtime"/>, the time in it. Units of 100 ns since 1970.</param>
    public void Add(WorkKey key, StatusState state, long time = 0) => _byKey[key] = this[key].With(state, time);

    /// <summary>Takes note that there is no such status file (any more).</summary>
    public void Remove(WorkKey key, StatusState state)
    {
        var left = this[key].Without(state);
        if (left.States == 0)
            _ = _byKey.Remove(key);
        else
            _byKey[key] = left;
    }
}
