using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.Limits;

/// <summary>The time limit of a run, which the runner enforces while there is no box. Used on the loop only.</summary>
/// <param name="loop">The loop.</param>
/// <param name="process">The process of the run; null before its start.</param>
/// <param name="end">Ends the run, with a grace.</param>
internal sealed class TimeLimit(EventLoop loop, Func<JobProcess?> process, Action<TimeSpan> end)
{
    private (TimeSpan Time, TimeSpan Grace)? _limit;
    private LoopTimer? _timer;
    private bool _isEnforced;

    /// <summary>Sets the limit, which counts from the start; null for none.</summary>
    public void Set(TimeSpan? time, TimeSpan grace) => _limit = time is { } limit ? (limit, grace) : null;

    /// <summary>Enforces the limit from now on, because there is no box, or no longer.</summary>
    public void Enforce(bool isWanted)
    {
        _isEnforced = isWanted;
        Follow();
    }

    /// <summary>Counts from now on, when the limit is enforced: the process has started.</summary>
    public void Follow()
    {
        Stop();
        if (_isEnforced && _limit is var (limit, grace) && process() is { } started)
        {
            var left = limit - started.Age;
            _timer = loop.After(left > TimeSpan.Zero ? left : TimeSpan.Zero, () => end(grace));
        }
    }

    /// <summary>Ends the enforcement.</summary>
    public void Stop() => _timer?.Cancel();
}
