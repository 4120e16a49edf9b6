using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchSimulation.Boxes;
using MeeseeksBox.WatchSimulation.Folders;
using MeeseeksBox.WatchSimulation.Model;
using MeeseeksBox.WatchSimulation.Time;

namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>The watchers of a history, and their time.</summary>
internal sealed class Watchers : IDisposable
{
    private const int Most = 2;
    private const int MostTurns = 200;
    private const int MostRounds = 80;
    private const int IdleRounds = 3;

    // A watcher that waits for the lock tries again after half a second.
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(0.6);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(31);

    private static readonly TimeSpan LongestWithTwo = TimeSpan.FromSeconds(3);

    private readonly Site _site;
    private readonly WatchSettings _settings;
    private readonly List<SimulatedWatcher> _all = [];
    private int _count;
    private TimeSpan _changed;
    private bool _isSole;

    public Watchers(Site site, Rules rules, Action<BoxJob> onSubmitted, Action<BoxJob, int> onTagged)
    {
        (_site, _settings) = (site, site.SettingsOf(rules));
        Box = new SimulatedBox { OnSubmitted = onSubmitted, OnTagged = onTagged };
    }

    public SimulatedBox Box { get; }

    public SimulatedClock Clock { get; } = new();

    public ExpectedWork Work { private get; set; } = null!;

    public void Start()
    {
        if (_all.Count >= Most)
            return;
        _isSole = _all.Count == 0;
        _changed = Clock.Elapsed;
        _all.Add(new SimulatedWatcher(++_count, _settings, Box, Clock, _site.Inotify, _site.Log));
    }

    public void Stop(int number)
    {
        if (_all.Count > 0)
            End(_all[number % _all.Count], watcher => watcher.Stop());
    }

    public void Kill(int number)
    {
        if (_all.Count > 0)
            Kill(_all[number % _all.Count]);
    }

    /// <summary>Kills a watcher at its n-th action from now.</summary>
    public void Trap(int number, int actions)
    {
        if (_all.Count > 0)
            _all[number % _all.Count].Trap(actions);
    }

    public void Reload(int number)
    {
        if (_all.Count == 0)
            return;
        _all[number % _all.Count].Reload();
        Work.ReleaseBrakes();
    }

    public void Overflow()
    {
        Work.LoseEvents();
        _all.ForEach(watcher => watcher.Events.Overflow());
    }

    /// <summary>Another folder takes the place of the watched one.</summary>
    public void LoseSight()
    {
        Work.LoseEvents();
        _changed = Clock.Elapsed;
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time)
    {
        // One that waits for the lock costs much time.
        var end = Clock.Elapsed + (_all.Count == Most && time > LongestWithTwo ? LongestWithTwo : time);
        while (Clock.TryAdvance(end))
            _ = RunAll(int.MaxValue);
    }

    /// <summary>Lets the watchers work.</summary>
    public void Go(Pace pace, int count)
    {
        if (pace is Pace.Rest)
            Rest();
        if (pace is not Pace.Some)
            return;
        _site.Fence.Pass();
        for (var number = 0; number < count; number++)
            _ = _all.Exists(watcher => watcher.Events.TryDeliverOne());
        _ = RunAll(count + 1);
    }

    /// <summary>Ends all jobs, and lets all times pass, until nothing happens any more.</summary>
    public void Finish()
    {
        if (_all.Count == Most && Work.Step % 3 is 0)
            Stop(Work.Step);
        else if (_all.Count == Most)
            Kill(Work.Step);
        if (_all.Count == 0)
            Start();
        Rest();
        for (var (round, idle) = (0, 0); idle < IdleRounds; round++)
        {
            var before = Box.All.Count;
            foreach (var job in Box.Jobs.Where(job => job.IsLive).ToList())
                Box.End(job, "done");
            Rest();
            Advance(Round);
            Rest();
            if (_all.Count == 0)
                Start();
            idle = Box.All.Count == before && !Box.Jobs.Any(job => job.IsLive) ? idle + 1 : 0;
            if (round < MostRounds)
                continue;
            Work.Differences.Add("jobs never end");
            return;
        }

        if (_all.Sum(watcher => watcher.JobCount) is > 0 and var count)
            Work.Differences.Add($"{count} jobs are in flight at the end");
    }

    public void Dispose()
    {
        while (_all.Count > 0)
            Kill(_all[0]);
    }

    private void Rest()
    {
        for (var turn = 0; turn < MostTurns; turn++)
        {
            _site.Fence.Pass();
            var isActive = false;
            foreach (var watcher in _all)
            {
                while (watcher.Events.TryDeliverOne())
                    isActive = true;
            }

            if (RunAll(int.MaxValue) || isActive)
                continue;
            var isServed = _all.Count > 0 && (_isSole || Clock.Elapsed >= _changed + TakeOver);
            Work.Watcher = isServed && _all.Count == 1 ? _all[0].Number : null;
            Work.BeQuiet(isServed);
            return;
        }

        Work.Differences.Add($"step {Work.Step}: the watcher never rests");
    }

    private bool RunAll(int most)
    {
        var isActive = false;
        foreach (var watcher in _all.ToList())
        {
            for (var count = 0; count < most && watcher.TryRunOne(); count++)
                isActive = true;
            if (watcher.IsTrapped)
                Kill(watcher);
            else if (watcher.Fault is { } fault)
                Work.Differences.Add($"step {Work.Step}: {fault}");
        }

        return isActive;
    }

    // The lock file of a killed watcher stays.
    private void Kill(SimulatedWatcher watcher)
    {
        var locks = new[] { _site.Watched, _site.Other }.Select(folder => Path.Join(folder, LockName)).Where(File.Exists)
            .Select((file, number) => (File: file, Kept: HardLink.Of(file, Path.Join(_site.Folder, $"lock{number}"))))
            .ToList();
        End(watcher, killed => killed.Kill());
        foreach (var (file, kept) in locks)
        {
            if (File.Exists(file))
                File.Delete(kept);
            else
                File.Move(kept, file);
        }
    }

    private static string LockName => new StatusName("in").Lock;

    private void End(SimulatedWatcher watcher, Action<SimulatedWatcher> end)
    {
        _ = _all.Remove(watcher);
        end(watcher);
        Work.LoseEvents();
        Work.TakeResults();
        _changed = Clock.Elapsed;
        _isSole = false;
    }
}
