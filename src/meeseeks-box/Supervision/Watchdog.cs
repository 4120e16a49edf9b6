using MeeseeksBox.Agent.State;

namespace MeeseeksBox.Agent.Supervision;

/// <summary>Tells the supervisor again and again that the box is alive, which it proves by entering the ledger: what hangs there says nothing more.</summary>
internal sealed class Watchdog : IDisposable
{
    // What sd_watchdog_enabled(3) recommends, and once more for a host that is busy.
    private const int TimesInSilence = 3;

    private readonly PeriodicTimer? _timer;
    private readonly Supervisor _supervisor;
    private readonly StateKeeper _state;

    public Watchdog(Supervisor supervisor, StateKeeper state, TimeProvider time)
    {
        (_supervisor, _state) = (supervisor, state);
        _timer = supervisor.Silence is { } silence ? new PeriodicTimer(TimeSpan.FromTicks(Math.Max(silence.Ticks / TimesInSilence, TimeSpan.TicksPerMillisecond)), time) : null;
    }

    /// <summary>One turn: wait, enter the ledger, tell. Ends at once where nobody asks for it.</summary>
    public async Task RunAsync()
    {
        while (_timer is not null && await _timer.WaitForNextTickAsync())
        {
            _ = _state.Seq;
            _supervisor.Alive();
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> end.</summary>
    public void Complete() => _timer?.Dispose();

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();
}
