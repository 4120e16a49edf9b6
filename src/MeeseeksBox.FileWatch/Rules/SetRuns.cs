using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Finds the runs of filesets, whichever of their files they began with (docs/SPECIFICATION.md#set-results).</summary>
/// <param name="settings">The watch.</param>
/// <param name="status">The status files.</param>
/// <param name="inFlight">The work that is submitted and not recorded yet.</param>
internal sealed class SetRuns(WatchSettings settings, StatusTable status, IReadOnlySet<WorkKey> inFlight)
{
    private readonly SetIndex<WorkKey> _inFlight = IndexOf(settings, inFlight);

    /// <summary>How far the jobs of a file have come. Of several candidates, the one that runs or has run stays in its set.</summary>
    public int RankOf(string file)
    {
        var rank = 0;
        foreach (var key in settings.WorkOf(file))
        {
            if (inFlight.Contains(key))
                return 3;
            rank = Math.Max(rank, status[key].Result switch { null => 0, StatusState.Failed => 1, _ => 2 });
        }

        return rank;
    }

    /// <summary>Whether a job of a set runs, or has a result.</summary>
    public bool HasRun(string setKey) =>
        _inFlight[setKey].Concat(status.OfSet(setKey).Where(key => status[key].Result is not null))
            .Any(key => FileFilter.ListOf(settings, key.FileName) >= 0);

    /// <summary>The work in flight for a member of a group; null when there is none.</summary>
    /// <param name="group">The file or set.</param>
    /// <param name="index">The step.</param>
    /// <param name="member">The member of the set.</param>
    public WorkKey? RunningOf(FileGroup group, int index, int member)
    {
        var own = new WorkKey(index, group.Files[member].Name);
        if (inFlight.Contains(own))
            return own;
        return group.SetKey is { } set ? Last(_inFlight[set].Where(key => Counts(key, group, index, member))) : null;
    }

    /// <summary>The work whose result counts for a member of a group.</summary>
    /// <remarks>A failure of a file that is gone does not: another file has come in its place.</remarks>
    /// <param name="group">The file or set.</param>
    /// <param name="index">The step.</param>
    /// <param name="member">The member of the set.</param>
    public WorkKey ResultOf(FileGroup group, int index, int member)
    {
        var own = new WorkKey(index, group.Files[member].Name);
        if (group.SetKey is not { } set || status[own].Result is not null)
            return own;
        var all = status.OfSet(set).Where(key =>
            status[key].Result is StatusState.Done or StatusState.Killed && Counts(key, group, index, member));
        return Last(all) ?? own;
    }

    /// <summary>The run of a set, as a clause for people.</summary>
    public string TextOf(string setKey, WorkKey run)
    {
        if (status[run].Result is not { } result || inFlight.Contains(run))
            return $"the set {setKey} runs with {run.FileName}";
        var file = settings.HasAttributes
            ? $"its attribute {new AttributeName(settings.Name).Of(run.Index, result)}"
            : new StatusName(settings.Name).Of(run, result);
        return $"the set {setKey} is {result.ToString().ToLowerInvariant()} with {run.FileName}; remove {file} to run it again";
    }

    private static SetIndex<WorkKey> IndexOf(WatchSettings settings, IReadOnlySet<WorkKey> work)
    {
        var index = new SetIndex<WorkKey>(key => settings.SetKeyOf(key.FileName));
        if (settings.HasSets)
        {
            foreach (var key in work)
                index.Add(key);
        }

        return index;
    }

    private static WorkKey? Last(IEnumerable<WorkKey> keys)
    {
        WorkKey? last = null;
        foreach (var key in keys)
        {
            if (last is not { } other || ByteOrder.Instance.Compare(key.FileName, other.FileName) > 0)
                last = key;
        }

        return last;
    }

    // The result of a whole set belongs to its first file.
    private bool Counts(WorkKey key, FileGroup group, int index, int member)
    {
        if (key.Index != index)
            return false;
        var list = FileFilter.ListOf(settings, key.FileName);
        return settings.Jobs[index].IsList ? list == group.ListOf(member) : list >= 0 && list <= settings.FirstRequired;
    }
}
