using System.Globalization;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>
/// Makes lists out of a folder: the files of each pattern in order, or the complete filesets (docs/SPECIFICATION.md#filesets).
/// A file belongs to the first pattern that it matches.
/// </summary>
internal sealed class FileLists(WatchSettings settings, long now, Plan plan)
{
    // Sets that have more files than places, or will have when a file is old enough: which of them stand in the set may change without news of any.
    private readonly HashSet<string> _crowded = new(StringComparer.Ordinal);

    /// <summary>What stands at each place, from the first place on.</summary>
    public IEnumerable<FileGroup> Of(FolderSnapshot folder) => settings.Fileset > 0 ? Sets(folder) : Singles(folder);

    // What is settled counts in its place, and costs no more: the folder may be large, and one file of it new.
    private IEnumerable<FileGroup> Singles(FolderSnapshot folder)
    {
        var places = new int[settings.Globs.Count];
        var lists = places.Select(_ => new List<FileGroup>()).ToArray();
        var most = plan.Explanations is null ? settings.MaxIndex : null;
        foreach (var (position, list, file) in Considered(folder))
        {
            // What is settled is looked at again when a file comes that has it passed over.
            if (file.FinishedInList is null && SkipOf(folder, file.Name) is { } skip)
            {
                plan.Explanations?.Add(new(file.Name, null, $"skipped while '{skip}' exists"));
                continue;
            }

            var place = places[list]++;
            if (!(place > most) && (file.FinishedInList is null || place < settings.Jobs.Count - 1 || plan.Explanations is not null))
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
            if (IsConsidered(file))
                yield return (position, list, file);
            else if (settings.Fileset > 0 && settings.SetKeyOf(file.Name) is { } key)
                _ = _crowded.Add(key);
        }
    }

    // Sets stand in the order of the first list. Of several files of a list that fit, the first counts.
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
                plan.Explanations?.Add(new(file.Name, null, $"its name has less than {settings.Fileset} parts"));
            }
            else if (!lists[list].TryAdd(key, position))
            {
                plan.Explanations?.Add(new(file.Name, null, $"'{folder.Files[lists[list][key]].Name}' stands for its list in the fileset"));
                _ = _crowded.Add(key);
            }
            else if (list == 0)
            {
                firsts.Add((key, finished));
            }
        }

        // What is settled is passed over as a whole, wherever it stands: not where a file may grow too old, or where each place has a job of its own.
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
        plan.Explanations?.AddRange(files.Select(file => new FileExplanation(file.Name, null, $"its fileset is skipped while '{skip}' exists")));

    private void ExplainIncomplete(FolderSnapshot folder, Dictionary<string, int>[] lists)
    {
        foreach (var (list, entries) in lists.Index())
        {
            foreach (var (key, position) in entries)
            {
                var missing = Enumerable.Range(0, lists.Length).Where(other => !lists[other].ContainsKey(key)).ToList();

                // A partial set has the files before the first that is missing.
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
        for (var list = 0; list < settings.Globs.Count; list++)
        {
            if (settings.Globs[list].Matches(name))
                return list;
        }

        plan.Explanations?.Add(new(name, null, "no glob matches it"));
        return -1;
    }

    private bool IsConsidered(WatchedFile file)
    {
        if (file.IsBeingWritten)
        {
            plan.Explanations?.Add(new(file.Name, null, "it is being written"));
            return false;
        }

        var age = now - file.Mtime;
        if (settings.MinAge > TimeSpan.Zero && age < settings.MinAge.Ticks)
        {
            plan.ScheduleAt(file.Mtime + settings.MinAge.Ticks);
            plan.Explanations?.Add(new(file.Name, null, string.Create(CultureInfo.InvariantCulture, $"it is younger than min_age, {settings.MinAge.TotalSeconds} s")));
            return false;
        }

        if (settings.MaxAge is { } most && age >= most.Ticks)
        {
            plan.Explanations?.Add(new(file.Name, null, string.Create(CultureInfo.InvariantCulture, $"it is older than max_age, {most.TotalSeconds} s")));
            return false;
        }

        return true;
    }
}
