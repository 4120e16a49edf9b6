using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Finds the files that have no job because their fileset has run without them.</summary>
/// <param name="settings">The watch.</param>
/// <param name="runs">The runs of the sets.</param>
/// <param name="status">The status files.</param>
/// <param name="plan">Receives the files, after the work of their set.</param>
internal sealed class SetOthers(WatchSettings settings, SetRuns runs, StatusTable status, Plan plan)
{
    /// <summary>Adds those of a set.</summary>
    public void Add(FileGroup group)
    {
        var hasArrived = plan.Arrived.Count > 0
            && (group.Others!.Any(plan.Arrived.Contains) || group.Files.Any(file => plan.Arrived.Contains(file.Name)));
        if (!hasArrived && plan.Explanations is null)
            return;
        var index = settings.RunsAll ? 0 : Math.Min(group.Position, settings.Jobs.Count - 1);
        foreach (var name in group.Others!)
        {
            var list = FileFilter.ListOf(settings, name);
            var member = group.Lists!.Index().FirstOrDefault(entry => entry.Item == list).Index;
            if (!group.Lists!.Contains(list))
                continue;
            var run = RunOf(group, index, member);
            if (run is { } known)
                AddLate(group, name, known);
            var reason = run is null
                ? $"'{group.Files[member].Name}' takes the place of its list in the fileset"
                : runs.TextOf(group.SetKey!, run.Value);
            plan.Explanations?.Add(new(name, null, reason, IsOver: run is not null));
        }

        // Each member has its own job in a list of jobspecs, also one that comes late.
        if (settings.Jobs[index].IsList || RunOf(group, index, 0) is not { } first)
            return;
        foreach (var file in group.Files.Where(file => file.Name != first.FileName))
            AddLate(group, file.Name, first);
    }

    // The work of a set that runs or has run, and is not due again.
    private WorkKey? RunOf(FileGroup group, int index, int member)
    {
        if (!settings.Jobs[index].IsList)
            member = 0;
        if (runs.RunningOf(group, index, member) is { } running)
            return running;
        var key = runs.ResultOf(group, index, member);
        var own = new WorkKey(index, group.Files[member].Name);
        return status[key].Result is not null && !plan.Due.Exists(work => work.Key == own) ? key : null;
    }

    private void AddLate(FileGroup group, string name, WorkKey run)
    {
        if (plan.Arrived.Contains(name))
            plan.Late.Add(new LateFile(name, runs.TextOf(group.SetKey!, run)));
    }
}
