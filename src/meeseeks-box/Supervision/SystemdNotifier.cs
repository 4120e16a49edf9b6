using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Serilog;

namespace MeeseeksBox.Agent.Supervision;

/// <summary>Notifies systemd, or another supervisor, of readiness, reload, stop and life; see sd_notify(3).</summary>
/// <remarks>Does nothing when the environment has no socket.</remarks>
internal sealed class SystemdNotifier : IDisposable
{
    /// <summary>Variable with the socket: a path, or an abstract name that begins with <c>@</c>.</summary>
    public const string SocketVariable = "NOTIFY_SOCKET";

    /// <summary>Variable with the timeout of the watchdog in microseconds.</summary>
    public const string WatchdogVariable = "WATCHDOG_USEC";

    /// <summary>Variable with the pid that the watchdog observes; unset for any.</summary>
    public const string WatchdogPidVariable = "WATCHDOG_PID";

    private const double MicrosecondsInSecond = 1_000_000;

    private readonly UnixDomainSocketEndPoint? _address;
    private readonly Socket? _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _hasFailed;

    /// <param name="variables">Returns an environment variable; null when it is not set.</param>
    /// <param name="time">The monotonic clock of reload messages.</param>
    /// <param name="log">Receives failures to send.</param>
    public SystemdNotifier(Func<string, string?> variables, TimeProvider time, ILogger log)
    {
        (_time, _log) = (time, log);
        if (variables(SocketVariable) is not { Length: > 1 } name || name[0] is not ('/' or '@'))
            return;

        // Non-blocking, so that a supervisor that does not read cannot block the box.
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        _address = new UnixDomainSocketEndPoint(name[0] is '@' ? '\0' + name[1..] : name);
        WatchdogTimeout = ReadSilence(variables(WatchdogVariable), variables(WatchdogPidVariable));
    }

    /// <summary>Longest time without <see cref="Alive"/> before the supervisor kills the box; null without a watchdog.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>Creates a notifier from the environment, and removes the variables so that jobs do not inherit them.</summary>
    public static SystemdNotifier FromEnvironment(TimeProvider time, ILogger log)
    {
        var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable, time, log);
        foreach (var variable in new[] { SocketVariable, WatchdogVariable, WatchdogPidVariable })
            Environment.SetEnvironmentVariable(variable, null);

        return systemd;
    }

    /// <summary>Reports that the box is ready, after its start or after <see cref="Reloading"/>.</summary>
    /// <param name="status">Status line for <c>systemctl status</c>.</param>
    public void Ready(string status) => Notify($"READY=1\nSTATUS={status.ReplaceLineEndings(" ")}");

    /// <summary>Reports the start of a reload; <see cref="Ready"/> must follow.</summary>
    public void Reloading()
    {
        var microseconds = _time.GetTimestamp() / (double)_time.TimestampFrequency * MicrosecondsInSecond;
        Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds:F0}"));
    }

    /// <summary>Reports the start of the stop.</summary>
    public void Stopping() => Notify("STOPPING=1\nSTATUS=stopping");

    /// <summary>Pings the watchdog.</summary>
    public void Alive() => Notify("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? ReadSilence(string? microseconds, string? pid) =>
        long.TryParse(microseconds, CultureInfo.InvariantCulture, out var silence) && silence > 0
        && (pid is null || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(silence)
            : null;

    private void Notify(string message)
    {
        try
        {
            _ = _socket?.SendTo(Encoding.UTF8.GetBytes(message), _address!);
            _hasFailed = false;
        }
        catch (SocketException problem)
        {
            if (!_hasFailed)
                _log.Warning("notify socket {Socket} failed: {Problem}", _address!.ToString(), problem.Message);

            _hasFailed = true;
        }
    }
}
