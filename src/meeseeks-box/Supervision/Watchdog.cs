using MeeseeksBox.Agent.State;

namespace MeeseeksBox.Agent.Supervision;

/// <summary>Tells the supervisor again and again that the box is alive, which it proves by entering the ledger: what hangs there says nothing more.</summary>
internal sealed class Watchdog : IDisposable
{
    // What sd_watchdog_enabled(3) recommends, and once more for a host that is busy.
    private const int PingsPerTimeout = 3;

    private readonly PeriodicTimer? _timer;
    private readonly SystemdNotifier _systemd;
    private readonly CoreHost _host;

    public Watchdog(SystemdNotifier systemd, CoreHost host, TimeProvider time)
    {
        (_systemd, _host) = (systemd, host);
        _timer = systemd.WatchdogTimeout is { } silence ? new PeriodicTimer(TimeSpan.FromTicks(Math.Max(silence.Ticks / PingsPerTimeout, TimeSpan.TicksPerMillisecond)), time) : null;
    }

    /// <summary>One turn: wait, enter the ledger, tell. Ends at once where nobody asks for it.</summary>
    public async Task RunAsync()
    {
        while (_timer is not null && await _timer.WaitForNextTickAsync())
        {
            _ = _host.Seq;
            _systemd.Alive();
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> end.</summary>
    public void Complete() => _timer?.Dispose();

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();
}
