using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Plans the work of a folder with files that are complete only.</summary>
/// <remarks>A file is looked at when its job is due: a large folder of processed files costs nothing.</remarks>
/// <param name="settings">The watch.</param>
/// <param name="index">The files.</param>
/// <param name="completeness">Looks at a file.</param>
internal sealed class FolderPlanner(WatchSettings settings, FolderIndex index, CompletenessCheck completeness)
{
    /// <summary>The plan of now.</summary>
    /// <param name="skipped">The work that is submitted, or cannot be.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="isExplained">Whether the plan explains each decision.</param>
    /// <param name="limit">Limits the jobs that may be due; null for no limit.</param>
    public Plan Plan(IReadOnlySet<WorkKey> skipped, long now, bool isExplained = false, JobLimit? limit = null)
    {
        foreach (var name in completeness.NowQuiet)
            index.SetReadiness(name, FileReadiness.Ready);

        var complete = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var plan = Planner.Of(settings, index.Snapshot(), skipped, now, isExplained, limit: limit);
            var names = plan.Due.SelectMany(work => work.Files).Concat(plan.Marks.Select(mark => mark.FileName));

            // A file that is not complete leaves its place in the list, or its set, to another one.
            var areComplete = true;
            foreach (var name in names.Where(complete.Add))
                areComplete &= IsComplete(name);
            if (areComplete)
                return plan;
        }
    }

    private bool IsComplete(string name)
    {
        var readiness = completeness.Of(name, settings.QuietTime, settings.HasAttributes);

        // It may have changed since its last event, or under another of its names. Its job is for the file of now.
        if (readiness is FileReadiness.Ready)
            return !index.TryUpdateTime(name);
        if (readiness is { } other)
            index.SetReadiness(name, other);
        else
            index.Drop(name);
        return false;
    }
}
