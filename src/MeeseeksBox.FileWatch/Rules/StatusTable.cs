using System.Runtime.InteropServices;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>All status files of a watch.</summary>
/// <remarks>The reader of the folder updates it. The rules only read it.</remarks>
/// <param name="countFailures">
/// Reads the number of failures in the <c>.failed</c> file of a work item, when the rules first need it; less than 1 when it has none.
/// </param>
/// <param name="setKeyOf">The key of the fileset of a file; null without sets.</param>
public sealed class StatusTable(Func<WorkKey, int>? countFailures = null, Func<string, string?>? setKeyOf = null)
{
    private readonly Dictionary<WorkKey, FileStatus> _byKey = [];
    private readonly SetIndex<WorkKey>? _bySet = setKeyOf is null ? null : new(key => setKeyOf(key.FileName));

    /// <summary>The status files by work item.</summary>
    public IReadOnlyCollection<KeyValuePair<WorkKey, FileStatus>> All => _byKey;

    /// <summary>The status files of a work item; empty when there are none.</summary>
    public FileStatus this[WorkKey key] => _byKey.GetValueOrDefault(key);

    /// <summary>The work items of a fileset that have status files, also those of files that are gone.</summary>
    public IReadOnlyList<WorkKey> OfSet(string setKey) => _bySet?[setKey] ?? [];

    /// <summary>Adds a status file.</summary>
    /// <param name="key">The work item.</param>
    /// <param name="state">The state of the file.</param>
    /// <param name="time">When it was written; for <see cref="StatusState.Mtime"/>, the time in it. Units of 100 ns since 1970.</param>
    /// <param name="failures">For <see cref="StatusState.Failed"/>, the number of failures; 0 when it is not known.</param>
    public void Add(WorkKey key, StatusState state, long time = 0, int failures = 0)
    {
        ref var status = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, key, out var isKnown);
        status = status.With(state, time, failures);
        if (!isKnown)
            _bySet?.Add(key);
    }

    /// <summary>How often the job of a work item has failed in a row; 1 when nobody has counted.</summary>
    public int FailuresOf(WorkKey key)
    {
        var status = this[key];
        if (status.Failures > 0)
            return status.Failures;
        var failures = Math.Max(countFailures?.Invoke(key) ?? 1, 1);
        _byKey[key] = status with { Failures = failures };
        return failures;
    }

    /// <summary>The number of jobs with each result.</summary>
    public IReadOnlyDictionary<StatusState, int> Results()
    {
        var results = Enum.GetValues<StatusState>().ToDictionary(state => state, _ => 0);
        foreach (var status in _byKey.Values)
        {
            if (status.Result is { } result)
                results[result]++;
        }

        return results;
    }

    /// <summary>Takes the known numbers of failures from an earlier table of the same folder.</summary>
    public void TakeFailures(StatusTable earlier)
    {
        foreach (var (key, known) in earlier._byKey)
        {
            if (known.Failures > 0 && _byKey.TryGetValue(key, out var own) && own.FailedAt == known.FailedAt)
                _byKey[key] = own with { Failures = known.Failures };
        }
    }

    /// <summary>Adds all status files of another table, which has other work items.</summary>
    public void AddAll(StatusTable other)
    {
        foreach (var (key, status) in other._byKey)
            _byKey[key] = status;
    }

    /// <summary>Removes the status files of some work items.</summary>
    public void RemoveAll(Predicate<WorkKey> which)
    {
        foreach (var key in _byKey.Keys.Where(key => which(key)).ToList())
            _ = _byKey.Remove(key);
    }

    /// <summary>Removes a status file, if it is in the table.</summary>
    public void Remove(WorkKey key, StatusState state)
    {
        var left = this[key].Without(state);
        if (left.States > 0)
            _byKey[key] = left;
        else if (_byKey.Remove(key))
            _bySet?.Remove(key);
    }
}
