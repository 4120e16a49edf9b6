using MeeseeksBox.Agent.State;
using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.Agent.Supervision;

/// <summary>Pings the watchdog of systemd as long as the core responds.</summary>
/// <remarks>Each ping enters the core first, so that a deadlock there ends the pings.</remarks>
internal sealed class Watchdog : IDisposable
{
    // sd_watchdog_enabled(3) recommends two; one more for a busy host.
    private const int PingsPerTimeout = 3;

    private readonly PeriodicTimer? _timer;
    private readonly SystemdNotifier _systemd;
    private readonly CoreHost _host;

    public Watchdog(SystemdNotifier systemd, CoreHost host, TimeProvider time)
    {
        (_systemd, _host) = (systemd, host);
        if (systemd.WatchdogTimeout is { } timeout)
        {
            var interval = TimeSpan.FromTicks(Math.Max(timeout.Ticks / PingsPerTimeout, TimeSpan.TicksPerMillisecond));
            _timer = new PeriodicTimer(interval.ForTimer(), time);
        }
    }

    /// <summary>Enters the core and pings at each interval. Ends at once without a watchdog.</summary>
    public async Task RunAsync()
    {
        while (_timer is not null && await _timer.WaitForNextTickAsync())
        {
            _ = _host.Seq;
            _systemd.Alive();
        }
    }

    /// <summary>Ends <see cref="RunAsync"/>.</summary>
    public void Complete() => _timer?.Dispose();

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();
}
