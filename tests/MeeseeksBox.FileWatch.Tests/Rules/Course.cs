using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>A random sequence of events for the planner.</summary>
/// <remarks>
/// Files appear and change, jobs end, and the watcher plans, submits, records, and crashes between any two of these. The box is a table
/// of jobs by their ids, in which a second submit of an id finds the first job.
/// </remarks>
internal sealed class Course(WatchSettings settings, Random random)
{
    private readonly Dictionary<string, long> _files = [];
    private readonly StatusTable _status = new(setKeyOf: settings.SetKeyOf);
    private readonly Dictionary<string, BoxJob> _box = [];
    private readonly List<BoxJob> _forgotten = [];
    private Dictionary<WorkKey, (WorkItem Work, string Id)> _inFlight = [];
    private Dictionary<string, int> _attempts = [];
    private long _now = Scene.Now;

    public List<string> Log { get; } = [];

    public List<string> Faults { get; } = [];

    /// <summary>Runs one random event.</summary>
    public void Step()
    {
        _now += TimeSpan.TicksPerSecond * random.Next(1, 5);
        switch (random.Next(11))
        {
            case 0 or 1 or 2:
                Arrive($"{random.Next(1, 5)}.{random.Next(2)}.{(random.Next(2) is 0 ? 'a' : 'b')}");
                break;
            case 3 or 4:
                Plan();
                break;
            case 5 or 6:
                EndOne();
                break;
            case 7 or 8:
                RecordOne();
                break;
            case 10:
                Log.Add("the watcher crashes");
                (_inFlight, _attempts) = ([], []);
                break;
            default:
                _box.Where(job => job.Value.IsRecorded).Select(job => job.Key).Take(2).ToList().ForEach(Forget);
                break;
        }
    }

    /// <summary>Runs all due work, without further files and crashes.</summary>
    public void RunToEnd()
    {
        for (var round = 0; round < 60; round++)
        {
            _now += TimeSpan.TicksPerMinute;
            Plan();
            foreach (var id in _box.Keys.ToList())
                _box[id] = _box[id] with { HasEnded = true };
            foreach (var key in _inFlight.Keys.ToList())
                Record(key);
        }

        var left = Planner.Of(settings, Snapshot(), new HashSet<WorkKey>(), _now).Due;
        Faults.AddRange(left.Select(work => $"{work.Key} is lost: it is still due"));
        var runs = _box.Values.Concat(_forgotten).Where(job => !job.HasFailed).GroupBy(job => (job.Work.Key, job.Work.Mtime));
        Faults.AddRange(runs.Where(run => run.Count() > 1).Select(run => $"{run.Key} was done {run.Count()} times"));
    }

    // The box drops ended jobs after some time.
    private void Forget(string id)
    {
        Log.Add($"{id} is dropped");
        _forgotten.Add(_box[id]);
        _ = _box.Remove(id);
    }

    private string Id(WorkItem work, int attempt) => WorkId.Of("host", settings, work, null, attempt);

    private static int AttemptOf(string id) => id.Split('~') is [_, var number] ? int.Parse(number) : 0;

    // The highest attempt that the box has, or that was recorded since the last crash.
    private int Attempt(WorkItem work)
    {
        var id = Id(work, 0);
        var known = _box.Keys.Where(key => key.StartsWith(id + "~", StringComparison.Ordinal)).Select(AttemptOf).DefaultIfEmpty(0).Max();
        return Math.Max(known, _attempts.GetValueOrDefault(id));
    }

    private FolderSnapshot Snapshot()
    {
        var files = _files.Select(file => new WatchedFile(file.Key, file.Value)).ToArray();
        random.Shuffle(files);
        return new FolderSnapshot(files, _status);
    }

    private void Arrive(string name)
    {
        _files[name] = _now;
        Log.Add($"{name} appears or changes");
    }

    private void Plan()
    {
        var plan = Planner.Of(settings, Snapshot(), _inFlight.Keys.ToHashSet(), _now);
        plan.Marks.ForEach(key => _status.Add(key, StatusState.Done));
        plan.Notes.ForEach(note => _status.Add(note.Key, StatusState.Mtime, note.Mtime));
        foreach (var work in plan.Due)
        {
            // A recorded job has no further result: the next attempt is made.
            var attempt = Attempt(work);
            var id = Id(work, attempt);
            while (_box.TryGetValue(id, out var met) && met.IsRecorded)
                id = Id(work, ++attempt);
            if (!_inFlight.TryAdd(work.Key, (work, id)))
                Faults.Add($"{work.Key} is submitted while it is in flight");
            if (_box.TryAdd(id, new BoxJob(work, HasFailed: random.Next(4) is 0)))
                Log.Add($"{id} is made for {work.Key}, {(_box[id].HasFailed ? "and will fail" : "and will be done")}");
            else
                Log.Add($"{id} is found");
        }
    }

    private void EndOne()
    {
        var running = _box.Where(job => !job.Value.HasEnded).Select(job => job.Key).ToList();
        if (running.Count == 0)
            return;
        var id = running[random.Next(running.Count)];
        _box[id] = _box[id] with { HasEnded = true };
        Log.Add($"{id} ends");
    }

    private void RecordOne()
    {
        var ended = _inFlight.Where(entry => _box[entry.Value.Id].HasEnded).Select(entry => entry.Key).ToList();
        if (ended.Count > 0)
            Record(ended[random.Next(ended.Count)]);
    }

    private void Record(WorkKey key)
    {
        var (work, id) = _inFlight[key];
        var job = _box[id];
        _ = _inFlight.Remove(key);
        if (job.HasFailed)
            _attempts[Id(work, 0)] = AttemptOf(id) + 1;
        foreach (var state in new[] { StatusState.Done, StatusState.Failed })
            _status.Remove(key, state);
        _status.Add(key, job.HasFailed ? StatusState.Failed : StatusState.Done, _now);
        if (settings.IsUpdated && work.Mtime is { } mtime && (key.Index == 0 || _status[new WorkKey(0, key.FileName)].Tracked is null))
            _status.Add(new WorkKey(0, key.FileName), StatusState.Mtime, mtime);

        Log.Add($"{id} is recorded as {(job.HasFailed ? "failed" : "done")}");

        // The watcher may crash before it has marked the job in the box.
        _box[id] = job with { IsRecorded = random.Next(5) > 0 };
    }

    private sealed record BoxJob(WorkItem Work, bool HasFailed, bool HasEnded = false, bool IsRecorded = false);
}
