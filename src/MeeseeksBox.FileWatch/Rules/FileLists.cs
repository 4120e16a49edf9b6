using System.Globalization;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Makes the lists of files, or the complete filesets, of a folder (docs/SPECIFICATION.md#filesets).</summary>
/// <remarks>A file belongs to the first glob that it matches.</remarks>
internal sealed class FileLists(WatchSettings settings, long now, Plan plan)
{
    // Keys of ambiguous sets: a list has several candidates, or will have one when a file is old enough. Their members can change
    // without a change of a member, so they never count as finished.
    private readonly HashSet<string> _crowded = new(StringComparer.Ordinal);

    /// <summary>The files or filesets, from the first place on.</summary>
    public IEnumerable<FileGroup> Of(FolderSnapshot folder) => settings.Fileset > 0 ? Sets(folder) : Singles(folder);

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
            var isOpen = file.FinishedInList is null || place < settings.Jobs.Count - 1 || plan.Explanations is not null;
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
            if (IsConsidered(folder, file))
                yield return (position, list, file);
            else if (settings.Fileset > 0 && settings.SetKeyOf(file.Name) is { } key)
                _ = _crowded.Add(key);
        }
    }

    // Sets are in the order of the first list. Of several candidates of a list, the first in order is the member.
    private IEnumerable<FileGroup> Sets(FolderSnapshot folder)
    {
        var lists = settings.Globs.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal)).ToArray();
        var (firsts, finished) = (new List<(string Key, int FinishedBefore)>(), 0);
        foreach (var (position, list, file) in Considered(folder))
        {
            if (file.FinishedInList is not null)
            {
                finished += list == 0 ? 1 : 0;
            }
            else if (settings.SetKeyOf(file.Name) is not { } key)
            {
                plan.Explanations?.Add(new(file.Name, null, $"its name has fewer than {settings.Fileset} parts"));
            }
            else if (!lists[list].TryAdd(key, position))
            {
                var member = folder.Files[lists[list][key]].Name;
                plan.Explanations?.Add(new(file.Name, null, $"'{member}' takes the place of its list in the fileset"));
                _ = _crowded.Add(key);
            }
            else if (list == 0)
            {
                firsts.Add((key, finished));
            }
        }

        // A finished set is left out wherever it is. That is wrong where a file can become too old, or where each place runs its own job.
        var canFinish = settings.MaxAge is null && (settings.RunsAll || settings.Jobs.Count == 1);
        var complete = 0;
        foreach (var (key, finishedBefore) in firsts)
        {
            var positions = lists.TakeWhile(list => list.ContainsKey(key)).Select(list => list[key]).ToArray();
            if (positions.Length < lists.Length && !settings.IsPartial)
                continue;
            var files = Array.ConvertAll(positions, position => folder.Files[position]);
            if (SkipOf(folder, files[0].Name) is { } skip)
                ExplainSkip(files, skip);
            else
                yield return new FileGroup(finishedBefore + complete++, 0, files, canFinish && !_crowded.Contains(key) ? positions : null);
        }

        if (plan.Explanations is not null)
            ExplainIncomplete(folder, lists);
    }

    private string? SkipOf(FolderSnapshot folder, string name) => settings.SkipNamesOf(name).FirstOrDefault(folder.Has);

    private void ExplainSkip(WatchedFile[] files, string skip) =>
        plan.Explanations?.AddRange(
            files.Select(file => new FileExplanation(file.Name, null, $"its fileset is skipped while '{skip}' exists")));

    private void ExplainIncomplete(FolderSnapshot folder, Dictionary<string, int>[] lists)
    {
        foreach (var (list, entries) in lists.Index())
        {
            foreach (var (key, position) in entries)
            {
                var missing = Enumerable.Range(0, lists.Length).Where(other => !lists[other].ContainsKey(key)).ToList();

                // A partial set contains the files before the first missing one.
                if (missing.Count == 0 || (settings.IsPartial && list < missing[0]))
                    continue;
                var named = settings.IsPartial ? missing.Take(1) : missing;
                var patterns = string.Join(" and ", named.Select(other => settings.Globs[other].Pattern));
                plan.Explanations!.Add(new(folder.Files[position].Name, null, $"its fileset is not complete: nothing matches {patterns}"));
            }
        }
    }

    private int ListOf(string name)
    {
        var list = FileFilter.ListOf(settings, name);
        if (list < 0)
            plan.Explanations?.Add(new(name, null, FileFilter.ReasonAgainst(settings, name)));
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
            plan.Explanations?.Add(new(file.Name, null, reason));
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
