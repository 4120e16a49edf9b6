using System.Globalization;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Makes the lists of files, or the complete filesets, of a folder (docs/SPECIFICATION.md#filesets).</summary>
/// <remarks>A file belongs to the first glob that it matches.</remarks>
internal sealed class FileLists(WatchSettings settings, SetRuns runs, long now, Plan plan)
{
    // The sets with files that cannot be processed yet, and may come in without an event: they never count as finished.
    private readonly HashSet<string> _unready = new(StringComparer.Ordinal);

    /// <summary>The files or filesets, from the first place on.</summary>
    public IEnumerable<FileGroup> Of(FolderSnapshot folder) => settings.HasSets ? Sets(folder) : Singles(folder);

    // A finished file keeps its place but makes no group: a large folder with one new file must cost little.
    private IEnumerable<FileGroup> Singles(FolderSnapshot folder)
    {
        var places = new int[settings.Globs.Count];
        var lists = places.Select(_ => new List<FileGroup>()).ToArray();
        var most = plan.Explanations is null ? settings.MaxIndex : null;
        foreach (var (position, list, file) in Considered(folder))
        {
            // ClearFinished resets a finished file when its skip file appears.
            if (file.FinishedInList is null && SkipOf(folder, file.Name) is { } skip)
            {
                plan.Explanations?.Add(new(file.Name, null, $"skipped while '{skip}' exists"));
                continue;
            }

            var place = places[list]++;
            var isOpen = file.FinishedInList is null || place < settings.Jobs.Count - 1 || plan.ExplainsFinished;
            if (!(place > most) && isOpen)
                lists[list].Add(new FileGroup(place, list, [file], [position]));
        }

        return lists.SelectMany(list => list);
    }

    private IEnumerable<(int Position, int List, WatchedFile File)> Considered(FolderSnapshot folder)
    {
        var count = folder.Files.Count;
        for (var i = 0; i < count; i++)
        {
            var position = settings.IsReversed ? i : count - 1 - i;
            var file = folder.Files[position];
            var list = file.FinishedInList ?? ListOf(file.Name);
            if (list < 0)
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
        foreach (var (position, list, file) in Considered(folder))
            sets.Add(position, list, file);
        return sets.All(_unready);
    }

    private string? SkipOf(FolderSnapshot folder, string name) => settings.SkipNamesOf(name).FirstOrDefault(folder.Has);

    private int ListOf(string name)
    {
        var list = FileFilter.ListOf(settings, name);
        if (list < 0)
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
