using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using MeeseeksBox.WatchSimulation.Folders;
using MeeseeksBox.WatchSimulation.Time;
using Serilog;

namespace MeeseeksBox.WatchSimulation.Boxes;

/// <summary>A watcher with one watch: all of the real one except the events, the clock and the connection to the box.</summary>
internal sealed class SimulatedWatcher : IDisposable
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private readonly Pump _pump = new();
    private readonly Trap _trap = new();
    private readonly CancellationTokenSource _stopLoop = new();
    private readonly CancellationTokenSource _stopFollowing = new();
    private readonly SimulatedBox _box;
    private readonly BoxConnection _connection;
    private readonly JobSubmitter _submitter;
    private readonly WatchSettings _settings;
    private readonly WatchAgent.Watches.FileWatch _watch;
    private Task _following = Task.CompletedTask;
    private Task _loop = Task.CompletedTask;

    public SimulatedWatcher(int number, WatchSettings settings, SimulatedBox box, SimulatedClock clock, Inotify inotify, ILogger log)
    {
        (Number, _settings, _box) = (number, settings, box);
        Events = new SimulatedEvents(inotify);
        _connection = new BoxConnection(box, number, _trap);
        var time = new WatcherClock(clock, _trap);
        _submitter = new JobSubmitter(_connection, "w", TimeSpan.FromSeconds(10), time, log);
        _watch = new WatchAgent.Watches.FileWatch(settings, _submitter, Events, isOnce: false, time, log);
        box.Connect(_connection);
        _pump.Run(() =>
        {
            _following = _submitter.FollowAllAsync(_stopFollowing.Token);
            _loop = _watch.RunAsync(_stopLoop.Token);
        });
    }

    public int Number { get; }

    public SimulatedEvents Events { get; }

    public int JobCount => _watch.JobCount;

    /// <summary>Whether it has come to the end that <see cref="Trap"/> has set.</summary>
    public bool IsTrapped => _trap.IsSprung;

    /// <summary>Why its loop has ended, which it should not; null while it runs.</summary>
    public string? Fault => _loop.IsCompleted && !IsTrapped ? $"the loop has ended: {_loop.Exception}"
        : _following.IsCompleted && !IsTrapped ? $"the follower has ended: {_following.Exception}"
        : null;

    /// <summary>Lets it end at its n-th action from now.</summary>
    public void Trap(int actions) => _trap.Set(actions);

    /// <summary>Lets the watch apply the same settings again.</summary>
    public void Reload() => _pump.Run(() => _ = _watch.TryReconfigure(_settings));

    /// <summary>Runs one of its continuations.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryRunOne()
    {
        if (IsTrapped)
            return false;
        try
        {
            return _pump.TryRunOne();
        }
        catch (DeathException)
        {
            return false;
        }
    }

    /// <summary>Ends it as SIGKILL does: it neither records nor sends anything more.</summary>
    public void Kill()
    {
        _connection.IsCut = true;
        Events.Clear();
        _stopLoop.Cancel();
        Dispose();
    }

    /// <summary>Ends it as SIGTERM does: it kills its jobs, and records the results.</summary>
    public void Stop()
    {
        _stopLoop.Cancel();
        Await(_loop);
        var killed = Task.CompletedTask;
        _pump.Run(() => killed = _watch.KillJobsAsync(CancellationToken.None));
        Await(killed, untilTrapped: true);
        Kill();
    }

    public void Dispose()
    {
        Await(_loop);
        var disposed = Task.CompletedTask;
        _pump.Run(() => disposed = _watch.DisposeAsync().AsTask());
        Await(disposed);
        _stopFollowing.Cancel();
        Await(_following);
        _box.Disconnect(_connection);
        _submitter.Dispose();
        _stopLoop.Dispose();
        _stopFollowing.Dispose();
    }

    private void Await(Task task, bool untilTrapped = false)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted && !(untilTrapped && IsTrapped))
        {
            if (TimeProvider.System.GetElapsedTime(begin) > LongestEnd)
                throw new TimeoutException("The watcher does not end.");
            try
            {
                if (!_pump.TryRunOne())
                    _pump.Wait();
            }
            catch (DeathException)
            {
                // It was killed in a call that nobody awaits.
            }
        }
    }
}
