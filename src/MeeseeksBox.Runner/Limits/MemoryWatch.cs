using System.Diagnostics;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.Limits;

/// <summary>Reads the memory of runs with a limit, at a <see cref="WatchPace"/>. Used on the loop only.</summary>
/// <remarks>A sample is taken on another thread, because the system may take its time. Without such runs there is none.</remarks>
/// <param name="loop">The loop.</param>
/// <param name="memory">Reads the memory of processes.</param>
/// <param name="starter">A link to the program that sets the limits of a run, in the process of its job.</param>
internal sealed class MemoryWatch(EventLoop loop, ResidentMemory memory, string starter = "/proc/self/exe")
{
    private readonly BlockingWorkers _workers = new();
    private readonly HashSet<WatchedRun> _runs = [];
    private LoopTimer? _timer;
    private long _due;
    private bool _isSampling;

    /// <summary>Begins to watch a run.</summary>
    public void Add(WatchedRun run)
    {
        _ = _runs.Add(run);
        SampleAfter(WatchPace.Next(run.Limit, TimeSpan.Zero));
    }

    /// <summary>Watches a run no longer.</summary>
    public void Remove(WatchedRun run)
    {
        _ = _runs.Remove(run);
        if (_runs.Count is 0)
            _timer?.Cancel();
    }

    // The earlier of two samples counts.
    private void SampleAfter(TimeSpan pause)
    {
        var due = Environment.TickCount64 + (long)pause.TotalMilliseconds;
        if (_isSampling || (_timer is { IsCancelled: false } && _due <= due))
            return;

        _timer?.Cancel();
        _due = due;
        _timer = loop.After(pause, Sample);
    }

    private void Sample()
    {
        WatchedRun[] runs = [.. _runs];
        _isSampling = true;
        try
        {
            _workers.Run(() =>
            {
                var begin = Stopwatch.GetTimestamp();
                var used = Read(runs);
                var took = Stopwatch.GetElapsedTime(begin);
                loop.Post(() => Conclude(used, took));
            });
        }
        catch (OutOfMemoryException)
        {
            // The system has no thread left at the moment.
            Conclude([], WatchPace.Shortest);
        }
    }

    // On another thread.
    private IReadOnlyList<(WatchedRun Run, long Used)> Read(WatchedRun[] runs)
    {
        var snapshot = new Lazy<ProcessSnapshot>(ProcFs.ReadAll);
        try
        {
            return [.. runs.Select(run => (run, Read(run, () => snapshot.Value)))];
        }
#pragma warning disable CA1031 // The next sample follows after any failure, such as a lack of descriptors.
        catch (Exception)
        {
            return [];
        }
#pragma warning restore CA1031
    }

    // The process that sets the limits may need more than they permit. It executes the program when the files of the job are open.
    private long Read(WatchedRun run, Func<ProcessSnapshot> snapshot)
    {
        var processes = run.Processes(snapshot);
        var used = memory.Of(processes, run.Limit);
        return used > run.Limit && processes.Count is 1 && ProcFs.Executes(processes.First(), starter) ? 0 : used;
    }

    private void Conclude(IReadOnlyList<(WatchedRun Run, long Used)> samples, TimeSpan took)
    {
        _isSampling = false;
        foreach (var (run, used) in samples)
        {
            if (used > run.Limit && _runs.Remove(run))
                run.Exceeded();
        }

        var known = samples.ToDictionary(sample => sample.Run, sample => sample.Used);
        foreach (var run in _runs)
            SampleAfter(WatchPace.Next(run.Limit - known.GetValueOrDefault(run), took));
    }
}
