using System.Globalization;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Makes the lists of files, or the complete filesets, of a folder (docs/SPECIFICATION.md#filesets).</summary>
/// <remarks>A file belongs to the first glob that it matches.</remarks>
/// <param name="settings">The watch.</param>
/// <param name="runs">The runs of the sets.</param>
/// <param name="now">The time, in units of 100 ns since 1970.</param>
/// <param name="plan">Receives the reasons, and the files that belong to no list.</param>
/// <param name="isFull">Whether no more jobs may be due for the files of a list.</param>
internal sealed class FileLists(WatchSettings settings, SetRuns runs, long now, Plan plan, Predicate<int> isFull)
{
    // The sets with files that cannot be processed yet, and may come in without an event: they never count as finished.
    private readonly HashSet<string> _unready = new(StringComparer.Ordinal);

    // A file of a place before the last step has other steps when files before it come or go.
    private readonly int _lastStep = settings.Jobs.Count - 1;

    /// <summary>The files or filesets, from the first place on.</summary>
    /// <remarks>Each is planned before the next one is made: what is due decides whether a list is full.</remarks>
    public IEnumerable<FileGroup> Of(FolderSnapshot folder) =>
        settings.HasSets ? Sets(folder) : Enumerable.Range(0, settings.Globs.Count).SelectMany(list => Singles(folder, list));

    // A finished file keeps its place but makes no group: a large folder with one new file must cost little.
    private IEnumerable<FileGroup> Singles(FolderSnapshot folder, int own)
    {
        var place = 0;
        var most = plan.Explanations is null ? settings.MaxIndex : null;
        foreach (var (position, list, file) in Considered(folder, IsPassed, own, IsOver))
        {
            // ClearFinished resets a finished file when its skip file appears.
            if (file.FinishedInList is null && SkipOf(folder, file.Name) is { } skip)
            {
                plan.Explanations?.Add(new(file.Name, null, $"skipped while '{skip}' exists"));
                continue;
            }

            if (file.FinishedInList is null || place < _lastStep || plan.ExplainsFinished)
                yield return new FileGroup(place, list, [file], [position]);
            place++;
        }

        bool IsOver() => place > most || (plan.Explanations is null && isFull(own));

        bool IsPassed(IReadOnlyList<int> finished)
        {
            var count = own < finished.Count ? finished[own] : 0;
            if (count > 0 && place < _lastStep)
                return false;
            place += count;
            return true;
        }
    }

    // With max_age, a finished file gives up its place without a change.
    private IEnumerable<(int Position, int List, WatchedFile File)> Considered(
        FolderSnapshot folder, Predicate<IReadOnlyList<int>> isPassed, int? own = null, Func<bool>? isOver = null)
    {
        var mayPass = settings.MaxAge is null && !plan.ExplainsFinished;
        foreach (var (position, file) in folder.Files.Walk(!settings.IsReversed, finished => mayPass && isPassed(finished)))
        {
            if (isOver?.Invoke() is true)
                yield break;
            var list = file.FinishedInList ?? ListOf(file.Name, isFirst: own is null or 0);
            if (list < 0)
            {
                if (file.FinishedInList is null && own is null or 0)
                    plan.Finished.Add((position, list));
                continue;
            }

            if (own is { } only && list != only)
                continue;
            if (!IsConsidered(folder, file))
            {
                if (settings.HasSets && settings.SetKeyOf(file.Name) is { } key)
                    _ = _unready.Add(key);
                continue;
            }

            if (folder.Sets.Arrived.Contains(file.Name))
                _ = plan.Arrived.Add(file.Name);
            yield return (position, list, file);
        }
    }

    private IEnumerable<FileGroup> Sets(FolderSnapshot folder)
    {
        var sets = new FileSets(settings, folder, runs, now, plan);
        foreach (var (position, list, file) in Considered(folder, sets.Pass))
            sets.Add(position, list, file);
        return sets.All(_unready);
    }

    private string? SkipOf(FolderSnapshot folder, string name) => settings.SkipNamesOf(name).FirstOrDefault(folder.Has);

    private int ListOf(string name, bool isFirst)
    {
        var list = FileFilter.ListOf(settings, name);
        if (list < 0 && isFirst)
            plan.Explanations?.Add(new(name, null, FileFilter.ReasonAgainst(settings, name), IsOver: true));
        return list;
    }

    private bool IsConsidered(FolderSnapshot folder, WatchedFile file)
    {
        if ((Obstacle(file.Readiness) ?? MarkerRules.Obstacle(settings, folder, file)) is { } obstacle)
        {
            plan.Explanations?.Add(new(file.Name, null, obstacle));
            return false;
        }

        // A time that lies ahead is of another clock. The age counts from when the watcher saw it first.
        var changed = file.Mtime <= now ? file.Mtime : Math.Min(file.SeenAt, now);
        var age = now - changed;
        if (settings.MinAge > TimeSpan.Zero && age < settings.MinAge.Ticks)
        {
            plan.ScheduleAt(changed + settings.MinAge.Ticks);
            var reason = string.Create(CultureInfo.InvariantCulture, $"it is younger than min_age, {settings.MinAge.TotalSeconds} s");
            plan.Explanations?.Add(new(file.Name, null, reason));
            return false;
        }

        if (settings.MaxAge is { } most && age >= most.Ticks)
        {
            var reason = string.Create(CultureInfo.InvariantCulture, $"it is older than max_age, {most.TotalSeconds} s");
            plan.Explanations?.Add(new(file.Name, null, reason, IsOver: true));
            return false;
        }

        return true;
    }

    private static string? Obstacle(FileReadiness readiness) => readiness switch
    {
        FileReadiness.BeingWritten => "it is being written",
        FileReadiness.Changing => "it has changed lately, and may not be complete",
        FileReadiness.DanglingLink => "it is a link to a file that does not exist",
        FileReadiness.NotRegular => "it is not a regular file",
        _ => null,
    };
}
