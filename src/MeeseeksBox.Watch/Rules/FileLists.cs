using System.Globalization;
using MeeseeksBox.Watch.Settings;

namespace MeeseeksBox.Watch.Rules;

/// <summary>
/// Makes lists out of a folder: the files of each pattern in order, or the complete filesets (README, <c>glob</c>, <c>reverse</c>,
/// <c>fileset</c>, <c>min_age</c>, <c>max_age</c>). A file belongs to the first pattern that it matches.
/// </summary>
internal sealed class FileLists(WatchSettings settings, long now, Plan plan)
{
    /// <summary>What stands at each place, from the first place on.</summary>
    public IEnumerable<FileGroup> Of(FolderSnapshot folder)
    {
        var lists = settings.Globs.Select(_ => new List<WatchedFile>()).ToArray();
        var count = folder.Files.Count;
        for (var i = 0; i < count; i++)
        {
            var file = folder.Files[settings.IsReversed ? i : count - 1 - i];
            var list = ListOf(file.Name);
            if (list >= 0 && IsConsidered(file))
                lists[list].Add(file);
        }

        return settings.Fileset > 0 ? Sets(lists) : Singles(lists);
    }

    private static IEnumerable<FileGroup> Singles(List<WatchedFile>[] lists)
    {
        for (var list = 0; list < lists.Length; list++)
        {
            for (var place = 0; place < lists[list].Count; place++)
                yield return new FileGroup(place, list, [lists[list][place]]);
        }
    }

    // Sets stand in the order of the first list. Of several files of a list that fit, the first counts.
    private IEnumerable<FileGroup> Sets(List<WatchedFile>[] lists)
    {
        var byParts = lists.Select(list => new Dictionary<string, WatchedFile>(StringComparer.Ordinal)).ToArray();
        for (var list = 0; list < lists.Length; list++)
        {
            foreach (var file in lists[list])
            {
                if (PartsOf(file.Name) is not { } parts)
                    plan.Verdicts?.Add(new(file.Name, null, $"its name has less than {settings.Fileset} parts"));
                else if (!byParts[list].TryAdd(parts, file))
                    plan.Verdicts?.Add(new(file.Name, null, $"'{byParts[list][parts].Name}' stands for its list in the fileset"));
            }
        }

        var place = 0;
        foreach (var (parts, _) in byParts[0])
        {
            var files = new List<WatchedFile>(lists.Length);
            files.AddRange(from list in byParts where list.ContainsKey(parts) select list[parts]);
            if (files.Count == lists.Length)
                yield return new FileGroup(place++, 0, files);
        }

        if (plan.Verdicts is not null)
            ExplainIncomplete(byParts);
    }

    private void ExplainIncomplete(Dictionary<string, WatchedFile>[] byParts)
    {
        foreach (var (parts, file) in byParts.SelectMany(list => list))
        {
            var missing = Enumerable.Range(0, byParts.Length).Where(list => !byParts[list].ContainsKey(parts)).Select(list => settings.Globs[list].Pattern).ToList();
            if (missing.Count > 0)
                plan.Verdicts!.Add(new(file.Name, null, $"its fileset is not complete: nothing matches {string.Join(" and ", missing)}"));
        }
    }

    // Joined by what is in no name, so that parts do not run into each other.
    private string? PartsOf(string name)
    {
        var parts = settings.PartsOf(name);
        return parts.Length < settings.Fileset ? null : string.Join('/', parts.Take(settings.Fileset));
    }

    private int ListOf(string name)
    {
        for (var list = 0; list < settings.Globs.Count; list++)
        {
            if (settings.Globs[list].Matches(name))
                return list;
        }

        plan.Verdicts?.Add(new(name, null, "no glob matches it"));
        return -1;
    }

    private bool IsConsidered(WatchedFile file)
    {
        if (file.IsBeingWritten)
        {
            plan.Verdicts?.Add(new(file.Name, null, "it is being written"));
            return false;
        }

        var age = now - file.Mtime;
        if (settings.MinAge > TimeSpan.Zero && age < settings.MinAge.Ticks)
        {
            plan.Later(file.Mtime + settings.MinAge.Ticks);
            plan.Verdicts?.Add(new(file.Name, null, string.Create(CultureInfo.InvariantCulture, $"it is younger than min_age, {settings.MinAge.TotalSeconds} s")));
            return false;
        }

        if (settings.MaxAge is { } most && age >= most.Ticks)
        {
            plan.Verdicts?.Add(new(file.Name, null, string.Create(CultureInfo.InvariantCulture, $"it is older than max_age, {most.TotalSeconds} s")));
            return false;
        }

        return true;
    }
}
