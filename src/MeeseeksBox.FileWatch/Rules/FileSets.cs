using System.Globalization;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Makes the filesets of a folder (docs/SPECIFICATION.md#filesets).</summary>
/// <param name="settings">The watch.</param>
/// <param name="folder">Its folder.</param>
/// <param name="runs">The runs of the sets.</param>
/// <param name="now">The time, in units of 100 ns since 1970.</param>
/// <param name="plan">Receives the sets that wait.</param>
internal sealed class FileSets(WatchSettings settings, FolderSnapshot folder, SetRuns runs, long now, Plan plan)
{
    private readonly Dictionary<string, Candidates> _sets = new(StringComparer.Ordinal);
    private int _finished;

    /// <summary>Adds a file that belongs to a list.</summary>
    /// <param name="position">Its index in <see cref="FolderSnapshot.Files"/>.</param>
    /// <param name="list">Its list; for a finished file, 0 for the first one of its set.</param>
    /// <param name="file">The file.</param>
    public void Add(int position, int list, WatchedFile file)
    {
        if (file.FinishedInList is not null)
            _finished += list == 0 ? 1 : 0;
        else if (settings.SetKeyOf(file.Name) is not { } key)
            plan.Explanations?.Add(new(file.Name, null, $"its name has fewer than {settings.Fileset} parts"));
        else if (_sets.TryGetValue(key, out var set))
            set.Add(new Candidate(position, list, _finished));
        else
            _sets.Add(key, new Candidates(settings.Globs.Count, new Candidate(position, list, _finished)));
    }

    /// <summary>Passes over files that are finished: their sets keep their places.</summary>
    /// <param name="finished">The number of files that are finished in each list.</param>
    /// <returns>True.</returns>
    public bool Pass(IReadOnlyList<int> finished)
    {
        _finished += finished.Count > 0 ? finished[0] : 0;
        return true;
    }

    /// <summary>The sets that are complete or may run all the same, in order.</summary>
    /// <remarks>Sets are in the order of their first files.</remarks>
    /// <param name="unready">The sets with files that cannot be processed yet.</param>
    public IEnumerable<FileGroup> All(IReadOnlySet<string> unready)
    {
        var groups = new List<(int Order, int FinishedBefore, FileGroup Group)>();
        foreach (var (key, candidates) in _sets)
        {
            var members = candidates.Members(candidate => runs.RankOf(NameAt(candidate)));
            var chosen = Chosen(key, members);
            if (chosen.Count == 0)
            {
                ExplainDuplicates(candidates, members);
                continue;
            }

            var first = chosen[0];
            if (settings.SkipNamesOf(NameAt(first)).FirstOrDefault(folder.Has) is { } skip)
                Explain(chosen, $"its fileset is skipped while '{skip}' exists");
            else
                groups.Add((OrderOf(first), first.FinishedBefore, GroupOf(key, chosen, candidates, !unready.Contains(key))));
        }

        groups.Sort((one, other) => one.Order.CompareTo(other.Order));
        for (var i = 0; i < groups.Count; i++)
            yield return groups[i].Group with { Position = groups[i].FinishedBefore + i };
    }

    // The members that run together; none while the set waits.
    private List<Candidate> Chosen(string key, Candidate?[] members)
    {
        var present = members.OfType<Candidate>().ToList();
        if (present.Count == members.Length)
            return present;
        if (settings.IsPartial)
        {
            var leading = members.TakeWhile(member => member is not null).OfType<Candidate>().ToList();
            Wait(key, members, leading);
            return leading;
        }

        return (settings.SetTimeout is not null && runs.HasRun(key)) || Wait(key, members, []) ? present : [];
    }

    // Whether the set has waited for long enough.
    private bool Wait(string key, Candidate?[] members, List<Candidate> chosen)
    {
        var present = members.OfType<Candidate>().ToList();
        var missing = Enumerable.Range(0, members.Length).Where(list => members[list] is null).ToList();
        var (isOver, isOverdue, rest) = (false, false, "");
        if (chosen.Count == 0)
        {
            var since = folder.Sets.SinceOf(key, present.Select(NameAt), now);
            plan.WaitingSince[key] = since;
            var needed = missing.Intersect(settings.SetRequired).ToList();
            if (settings.SetTimeout is { } timeout)
            {
                var due = since + timeout.Ticks;
                isOver = due <= now && needed.Count == 0;
                isOverdue = due <= now && needed.Count > 0;
                if (due > now)
                    plan.ScheduleAt(due);
                if (plan.Explanations is not null)
                    rest = After(due, needed);
            }

            if (!isOver)
                plan.Waiting.Add(new WaitingSet(key, since, missing, isOverdue));
        }

        if (plan.Explanations is not null)
        {
            var named = settings.IsPartial ? missing.Take(1) : missing;
            Explain(present.Except(chosen), $"its fileset is not complete: nothing matches {settings.PatternsOf(named)}{rest}");
        }

        return isOver;
    }

    private string After(long due, List<int> needed) =>
        due > now ? string.Create(CultureInfo.InvariantCulture, $"; set_timeout is over in {(due - now) / TimeSpan.TicksPerSecond} s")
        : needed.Count > 0 ? $"; set_timeout is over, but set_required needs {settings.PatternsOf(needed)}"
        : "; set_timeout is over, and it runs with what is there";

    // A finished set is left out wherever it is. That is wrong where a file can become too old, or where each place runs its own job.
    // With several candidates, members can change without a change of a member; but after a run, only updated looks at that.
    private FileGroup GroupOf(string key, List<Candidate> members, Candidates candidates, bool isReady)
    {
        var canFinish = settings.MaxAge is null && (settings.RunsAll || settings.Jobs.Count == 1)
            && isReady && !(candidates.HasDuplicates && settings.IsUpdated);
        var others = candidates.All.Except(members).ToList();
        return new FileGroup(
            Position: 0,
            List: 0,
            members.ConvertAll(member => folder.Files[member.Position]),
            canFinish ? [.. members.Concat(others).Select(candidate => candidate.Position)] : null)
        {
            SetKey = key,
            Lists = members.ConvertAll(member => member.List),
            Others = others.ConvertAll(NameAt),
        };
    }

    private int OrderOf(Candidate candidate) => settings.IsReversed ? candidate.Position : -candidate.Position;

    private string NameAt(Candidate candidate) => folder.Files[candidate.Position].Name;

    private void ExplainDuplicates(Candidates candidates, Candidate?[] members)
    {
        foreach (var candidate in candidates.All.Except(members.OfType<Candidate>()))
            Explain([candidate], $"'{NameAt(members[candidate.List]!.Value)}' takes the place of its list in the fileset");
    }

    private void Explain(IEnumerable<Candidate> candidates, string reason) =>
        plan.Explanations?.AddRange(candidates.Select(candidate => new FileExplanation(NameAt(candidate), null, reason)));

    private readonly record struct Candidate(int Position, int List, int FinishedBefore);

    // The files that may be in a set. Of several candidates of a list, the first in order is the member, until one has run.
    private sealed class Candidates(int lists, Candidate first)
    {
        private readonly List<Candidate> _all = new(lists) { first };

        public IReadOnlyList<Candidate> All => _all;

        public bool HasDuplicates { get; private set; }

        public void Add(Candidate candidate) =>
            _all.Add(candidate);

        public Candidate?[] Members(Func<Candidate, int> rankOf)
        {
            var members = new Candidate?[lists];
            foreach (var candidate in _all)
            {
                ref var member = ref members[candidate.List];
                HasDuplicates |= member is not null;
                if (member is not { } other || rankOf(candidate) > rankOf(other))
                    member = candidate;
            }

            return members;
        }
    }
}
