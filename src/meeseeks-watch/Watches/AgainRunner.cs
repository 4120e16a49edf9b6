using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Text;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Runs files again on request: removes their results, so that the next plan finds them due.</summary>
/// <param name="settings">The watch.</param>
/// <param name="folder">Its folder.</param>
/// <param name="jobs">Its jobs.</param>
/// <param name="writer">Removes the results.</param>
/// <param name="locks">Its locks.</param>
/// <param name="now">The time, in units of 100 ns since 1970.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class AgainRunner(
    WatchSettings settings, WatchedFolder folder, FileJobs jobs, StatusWriter writer, FolderLocks locks, long now, ILogger log)
{
    // The nearest of more names would take long to find.
    private const int MostCompared = 10_000;

    private readonly List<string> _files = [];
    private readonly List<string> _problems = [];

    /// <summary>Runs files again.</summary>
    /// <param name="words">Names, patterns or paths.</param>
    /// <param name="index">The first step to run again, from 0.</param>
    public AgainResult Run(IReadOnlyList<string> words, int index)
    {
        if (index >= settings.Jobs.Count)
            return new AgainResult([], [$"index={index}: the last step of the watch {settings.Name} is {settings.Jobs.Count - 1}"]);
        if (locks.IsWaiting)
            return new AgainResult([], [$"another meeseeks-watch serves {settings.Path} for the watch {settings.Name}: ask that one"]);
        if (folder.Id is null)
            return new AgainResult([], [$"the watch {settings.Name} has not read its folder {settings.Path} yet"]);
        var wanted = words.SelectMany(NamesOf).SelectMany(SetOf).Distinct().ToList();
        wanted.ForEach(file => Release(file, index));
        ExplainRest();
        if (_files.Count > 0)
            log.Information("files run again on request: {Count} ({Files})", _files.Count, string.Join(", ", _files.Take(10)));
        return new AgainResult(_files, _problems);
    }

    private IEnumerable<string> NamesOf(string word)
    {
        var prefix = $"{settings.Path!.TrimEnd('/')}/";
        var name = word.StartsWith(prefix, StringComparison.Ordinal) ? word[prefix.Length..] : word;
        var files = folder.Snapshot().Files;
        if (folder.Has(name))
        {
            if (IsWatched(name))
                return [name];
            _problems.Add($"{name}: {FileFilter.ReasonAgainst(settings, name)}");
            return [];
        }

        var pattern = Glob.Parse(name);
        var names = files.Select(file => file.Name).Where(one => pattern.Matches(one) && IsWatched(one)).ToList();
        if (names.Count > 0)
            return names;
        if (name.AsSpan().ContainsAny('*', '?', '['))
        {
            _problems.Add($"{name}: it matches no file of the watch {settings.Name}");
            return [];
        }

        var near = DidYouMean.Nearest(name, files.Take(MostCompared).Select(file => file.Name));
        _problems.Add($"{name}: there is no such file in {settings.Path}{(near is null ? "" : $"; the nearest one is {near}")}");
        return [];
    }

    private bool IsWatched(string name) => FileFilter.ListOf(settings, name) >= 0;

    // A set runs as a whole. The result may belong to another of its files.
    private IEnumerable<string> SetOf(string name) => settings.HasSets && settings.SetKeyOf(name) is { } key
        ? folder.Snapshot().Files.Select(file => file.Name).Where(other => IsWatched(other) && settings.SetKeyOf(other) == key)
        : [name];

    private void Release(string file, int index)
    {
        var all = settings.WorkOf(file).ToList();
        if (all.Select(jobs.IdOf).FirstOrDefault(id => id is not null) is { } id)
        {
            _problems.Add($"{file}: its job {id} is running; kill it first: qdel {id}");
            return;
        }

        if (all.Exists(key => folder.Status[key].Has(StatusState.Moving)))
        {
            _problems.Add($"{file}: it is being moved");
            return;
        }

        foreach (var key in all.Where(key => key.Index >= index))
        {
            jobs.Release(key);
            if (writer.RemoveResults(key) is { } problem)
            {
                _problems.Add($"{file}: {problem}");
                return;
            }
        }

        folder.ClearFinished(file);
        _files.Add(file);
    }

    // A file without a result may still have a reason to wait.
    private void ExplainRest()
    {
        if (_files.Count == 0)
            return;
        var released = _files.ToHashSet(StringComparer.Ordinal);
        var plan = folder.Explain(jobs.Submitted, now);
        var due = new HashSet<string>(StringComparer.Ordinal);
        foreach (var work in plan.Due.Where(work => work.Files.Any(released.Contains)))
        {
            if (jobs.ProblemOf(work) is not { } problem)
                due.UnionWith(work.Files);
            else if (_files.RemoveAll(work.Files.Contains) > 0)
                _problems.Add($"{work.FileName}: it cannot run: {problem}");
        }

        foreach (var decision in plan.Explanations!.Where(decision => released.Contains(decision.FileName)).ToList())
        {
            if (decision.IsDue || due.Contains(decision.FileName) || !_files.Remove(decision.FileName))
                continue;
            _problems.Add($"{decision.FileName}: its results are removed, but it does not run: {decision.Reason}");
        }
    }
}
