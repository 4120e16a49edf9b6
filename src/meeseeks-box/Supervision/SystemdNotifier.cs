using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Serilog;

namespace MeeseeksBox.Agent.Supervision;

/// <summary>
/// What has started the box and looks after it, such as systemd: it is told when the box is ready, when it stops, and that it is alive, in
/// datagrams as sd_notify(3) describes them. Does nothing where nobody wants to be told.
/// </summary>
internal sealed class SystemdNotifier : IDisposable
{
    /// <summary>The variable that names the socket: a path, or a name that begins with <c>@</c>.</summary>
    public const string SocketVariable = "NOTIFY_SOCKET";

    /// <summary>The variable that tells how long the box may be silent, in microseconds.</summary>
    public const string WatchdogVariable = "WATCHDOG_USEC";

    /// <summary>The variable that tells whose silence is meant, when it is not that of all.</summary>
    public const string WatchdogPidVariable = "WATCHDOG_PID";

    private const double MicrosecondsInSecond = 1_000_000;

    private readonly UnixDomainSocketEndPoint? _address;
    private readonly Socket? _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _hasFailed;

    /// <param name="variables">Gives the value of a variable of the environment; null when it is not set.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is said that nobody can be told.</param>
    public SystemdNotifier(Func<string, string?> variables, TimeProvider time, ILogger log)
    {
        (_time, _log) = (time, log);
        if (variables(SocketVariable) is not { Length: > 1 } name || name[0] is not ('/' or '@'))
        {
            return;
        }

        // It must never wait: a supervisor that does not read is no reason to stand still.
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        _address = new UnixDomainSocketEndPoint(name[0] is '@' ? '\0' + name[1..] : name);
        WatchdogTimeout = ReadSilence(variables(WatchdogVariable), variables(WatchdogPidVariable));
    }

    /// <summary>How long the box may be silent before it is taken for dead; null: for ever.</summary>
    public TimeSpan? WatchdogTimeout { get; }

    /// <summary>The supervisor that the environment names. The variables are taken out of it, so that no job takes itself for the box.</summary>
    public static SystemdNotifier FromEnvironment(TimeProvider time, ILogger log)
    {
        var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable, time, log);
        foreach (var variable in new[] { SocketVariable, WatchdogVariable, WatchdogPidVariable })
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        return systemd;
    }

    /// <summary>The box is at work, or is again after <see cref="Reloading"/>.</summary>
    /// <param name="status">What it does, for people: one line.</param>
    public void Ready(string status) => Notify($"READY=1\nSTATUS={status.ReplaceLineEndings(" ")}");

    /// <summary>The box reads its configuration again; <see cref="Ready"/> follows.</summary>
    public void Reloading() =>
        Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={_time.GetTimestamp() / (double)_time.TimestampFrequency * MicrosecondsInSecond:F0}"));

    /// <summary>The box stops.</summary>
    public void Stopping() => Notify("STOPPING=1\nSTATUS=stopping");

    /// <summary>The box is alive.</summary>
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
            {
                _log.Warning("the supervisor at {Socket} cannot be told of the box: {Problem}", _address!.ToString(), problem.Message);
            }

            _hasFailed = true;
        }
    }
}
