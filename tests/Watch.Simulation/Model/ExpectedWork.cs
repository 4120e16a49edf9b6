using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchSimulation.Boxes;

namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>
/// What must run, by docs/WATCH.md: each file that is complete once, with <c>updated</c> each further version, and a failed one again.
/// </summary>
/// <remarks>It knows what happens to files and jobs, and nothing of how the watcher works. Each job uses up a reason.</remarks>
/// <param name="rules">The settings of the watch.</param>
internal sealed class ExpectedWork(Rules rules)
{
    // The times of files and those of the model are not read at the same moment.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    private int _quietStep;

    public Rules Rules => rules;

    /// <summary>All folders.</summary>
    public IReadOnlyList<FolderState> Folders { get; } = [new FolderState(0), new FolderState(1)];

    /// <summary>The folder at the watched path; null for none.</summary>
    public FolderState? Served { get; set; }

    /// <summary>The only watcher that serves the folder since all was quiet; null when that is not sure.</summary>
    public int? Watcher { get; set; }

    /// <summary>The number of the step.</summary>
    public int Step { get; set; }

    /// <summary>The time since the begin.</summary>
    public required Func<TimeSpan> Elapsed { get; init; }

    /// <summary>The time by the wall clock of the watcher.</summary>
    public required Func<DateTimeOffset> WallTime { get; init; }

    /// <summary>Reads the times of a file, in units of 100 ns since 1970.</summary>
    public required Func<NameState, FileFacts?> FactsOf { get; init; }

    /// <summary>Whether the result of a job is beside a file.</summary>
    public required Func<NameState, BoxJob, bool> HasResult { get; init; }

    /// <summary>The differences from what the watcher did.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>A file has come under a name that had none.</summary>
    public void Appear(NameState name, Content content)
    {
        (name.Content, name.Touched, name.Changed) = (content, Step, Elapsed());
        if (!name.HasResult && name.Job is null)
        {
            name.Due = Due.Must;
            return;
        }

        // The job has made it again, or the same name is there again.
        if (name.Job is null)
        {
            var isNew = name.GoneBefore is { } watcher && watcher == Watcher;
            name.IsReturn = isNew && name.Due is not Due.Must;
            if (isNew)
                name.Failures = (0, 0);
            if (isNew && !name.IsUnreported)
                name.Due = Due.Must;
            else
                Raise(name, Due.May);
        }

        name.Failures = name.Failures with { Least = 0 };
        Change(name);
    }

    /// <summary>A name was removed.</summary>
    public void Disappear(NameState name)
    {
        (name.Content, name.Touched, name.IsReturn) = (null, Step, false);
        name.GoneBefore = name.Folder == Served ? Watcher : null;
    }

    /// <summary>A file was written, touched or replaced.</summary>
    public void Change(NameState name)
    {
        (name.Touched, name.Changed) = (Step, Elapsed());
        if (!rules.IsUpdated || (!name.HasResult && name.Job is null))
            return;
        Raise(name, FactsOf(name)?.WriteTime == name.RunTime ? Due.May : Due.Must);
    }

    /// <summary>A file that had the name before was written: the system reports that under the name, and not which file it is.</summary>
    public void Disturb(NameState name)
    {
        if (rules.IsUpdated && (name.HasResult || name.Job is not null))
            Raise(name, Due.May);
    }

    /// <summary>A person has removed the result of a file.</summary>
    public void Forget(NameState name)
    {
        (name.HasResult, name.Failures, name.Touched) = (false, (0, 0), Step);
        if (name.Job is null)
            name.Due = name.IsUnreported ? Due.May : Due.Must;
    }

    /// <summary>A watcher has submitted a new job.</summary>
    public void Submit(BoxJob job)
    {
        if (Find(job) is not { } name)
            return;
        job.Name = name;
        var isTouched = name.Touched > _quietStep;
        if (!name.IsWatched)
            Report($"{name} runs, and no glob matches it");
        if (!name.IsComplete && !isTouched)
            Report(name.Content is null ? $"{name} runs, and is not there" : $"{name} runs while it is being written");

        // A later watcher does not know the job of an earlier version, whose id has another time of change.
        // Nor does it always find one with an id of the jobspec, when the folder in its place had further attempts at that.
        var isOther = (rules.IsUpdated && FactsOf(name)?.WriteTime != name.RunTime)
            || (rules.HasIds && name.Folder.Left >= name.Submitted);
        var isOfOther = isOther && job.Watcher != name.Job?.Watcher;
        if (name.Job is { } other && !isOfOther)
            Report($"{name} runs as {job.Id} while its job {other.Id} is {other.State}");
        else if (name.Job is null && name.Due is Due.No)
            Report($"{name} runs again as {job.Id}: it is {name.LastState}");
        CheckTimes(name, job.Watcher);

        (name.Job, name.RunTime, name.IsReturn, name.Due, name.Submitted) = (job, FactsOf(name)?.WriteTime, false, Due.No, Step);
    }

    /// <summary>A watcher has recorded a result.</summary>
    public void Record(BoxJob job, int? watcher)
    {
        if (job.Name is { IsUnreported: true, Job: null } late && late.LastJob == job)
        {
            (late.IsUnreported, late.HasResult) = (false, true);
            late.Due = late.Due is Due.May && job.State is not "failed" ? Due.No : late.Due;
        }

        if (job.Name is not { } name || name.Job != job)
            return;
        (name.Job, name.HasResult, name.LastJob, name.LastState) = (null, true, job, job.State);
        name.IsUnreported = watcher is null;
        name.End = (Elapsed(), watcher ?? -1, TimeProvider.System.GetUtcNow());
        if (job.State is "done")
            name.Failures = (0, 0);
        if (job.State is not "failed")
            return;
        name.Failures = (rules.IsUpdated ? 1 : name.Failures.Least + 1, name.Failures.Most + 1);
        Raise(name, name.Failures.Most <= rules.Retries ? Due.Must : name.Failures.Least <= rules.Retries ? Due.May : Due.No);
    }

    /// <summary>A watcher has stopped a job, which is no result.</summary>
    public static void Stop(BoxJob job)
    {
        if (job.Name is not { } name || name.Job != job)
            return;
        (name.Job, name.Due) = (null, Due.Must);
    }

    /// <summary>The watcher has lost what events have told: it has ended, another folder has come, or events are lost.</summary>
    public void LoseEvents()
    {
        Watcher = null;
        foreach (var name in Folders.SelectMany(folder => folder.Names))
        {
            name.GoneBefore = null;
            if (name is { IsReturn: true, Due: Due.Must })
                (name.Due, name.IsReturn) = (Due.May, false);
        }
    }

    /// <summary>Takes the results that a watcher has written before it was killed, and did not report to the box.</summary>
    public void TakeResults()
    {
        foreach (var name in Folders.SelectMany(folder => folder.Names))
        {
            if (name.Job is { IsLive: false } job && HasResult(name, job))
                Record(job, watcher: null);
        }
    }

    /// <summary>The watcher may run each file at once, whenever its last job has ended.</summary>
    public void ReleaseBrakes()
    {
        foreach (var name in Folders.SelectMany(folder => folder.Names))
            name.End = name.End is { } end ? end with { By = -1 } : null;
    }

    /// <summary>All events have arrived, and the watcher waits.</summary>
    /// <param name="isServed">Whether a watcher surely serves the folder.</param>
    public void BeQuiet(bool isServed)
    {
        foreach (var name in isServed ? Served?.Names ?? [] : [])
        {
            name.IsReturn = false;
            var isDueNow = name is { Due: Due.Must, IsWatched: true, IsComplete: true, Job: null, HasResult: false, End: null };

            // Its close is told under a name that another file has now. The next rescan finds it.
            var isToldElsewhere = name.Content?.OpenedAs.Any(other => other.Content != name.Content) is true;
            if (isDueNow && rules.Settle is null && !isToldElsewhere)
                Report($"{name} is complete, and its job is not submitted");
        }

        _quietStep = Step;
    }

    /// <summary>Nothing happens any more, and all times have passed.</summary>
    public void Finish()
    {
        foreach (var name in Served?.Names ?? [])
        {
            if (name is { Job: { } job, Content: not null })
                Report($"the result of {job.Id} for {name} is not recorded");

            // What has changed and has the time of its last run again is the same to updated.
            var isOver = name.LastState is not "failed" || name.Failures.Most > rules.Retries;
            var isAsAtRun = rules.IsUpdated && name.HasResult && isOver && FactsOf(name)?.WriteTime == name.RunTime;
            if (name is { Due: Due.Must, IsWatched: true, IsComplete: true } && !isAsAtRun)
                Report($"{name} never runs{(name.HasResult ? " again" : "")}");
        }
    }

    private static void Raise(NameState name, Due due) => name.Due = due > name.Due ? due : name.Due;

    private NameState? Find(BoxJob job)
    {
        if (Served is { } folder)
            return folder[Path.GetFileName(job.File)];
        Report($"{job.Id} runs for {job.File}, and there is no folder");
        return null;
    }

    private void CheckTimes(NameState name, int watcher)
    {
        var isQuiet = Elapsed() - name.Changed + Tolerance >= rules.Settle
            || WallTime() - DateTimeOffset.UnixEpoch.AddTicks(FactsOf(name)?.ChangeTime ?? 0) + Tolerance >= rules.Settle;
        if (rules.Settle is not null && !isQuiet)
            Report($"{name} runs {(Elapsed() - name.Changed).TotalSeconds} s after its change");
        if (name.End is not { } end || !name.HasResult)
            return;
        if (name.LastState is not "failed" && end.By == watcher && Elapsed() < end.At + Rules.Refresh)
            Report($"{name} runs again {(Elapsed() - end.At).TotalSeconds} s after its last job");

        // Without updated, only a retry. A time that is far ahead is of another clock.
        var isSame = !rules.IsUpdated && name.Failures.Least > 0;
        if (name.LastState is "failed" && isSame && WallTime() + Tolerance < end.OnHost + Rules.Refresh
            && end.OnHost < WallTime() + Rules.Refresh - Tolerance)
            Report($"{name} runs again {(WallTime() - end.OnHost).TotalSeconds} s after its failure");
    }

    private void Report(string difference) => Differences.Add($"step {Step}: {difference}");
}
