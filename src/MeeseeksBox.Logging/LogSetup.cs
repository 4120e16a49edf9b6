using MeeseeksBox.Protocol.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>
/// The log of a program. It starts as INFO to standard error; <see cref="Apply"/> brings it to a configuration, at the start
/// and at each reload, while everybody keeps the logger that he has.
/// </summary>
/// <example><code>
/// using var log = new LogSetup("meeseeks-box");
/// if (log.Apply(config.Logging) is { } problem)
///     return Refuse(problem);
/// var logger = log.Named("node1.Pool.p1");
/// </code></example>
public sealed class LogSetup : ILogEventSink, IDisposable
{
    // A log that nobody reads on must not hold up the program: events wait for it, and beyond this many they are dropped.
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(2);

    private readonly LoggingLevelSwitch _level = new();
    private readonly Lock _lock = new();
    private readonly Logger _root;
    private LoggingConfig _config = new();
    private Logger _target;

    /// <summary>A log to standard error.</summary>
    /// <param name="program">The name of the program, which is the name of its first logger.</param>
    public LogSetup(string program)
    {
        _target = Open(_config);
        _root = new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(this).CreateLogger();
        Logger = Named(program);
    }

    /// <summary>The logger with the name of the program.</summary>
    public ILogger Logger { get; }

    /// <summary>A logger with a name, such as <c>node1.Pool.p1</c>.</summary>
    public ILogger Named(string name) => _root.ForContext(LogField.LoggerProperty, name);

    /// <summary>
    /// Brings the log to a configuration. A file is opened again even when nothing has changed, so that one that was moved
    /// aside (by logrotate) is begun anew.
    /// </summary>
    /// <returns>Null when done; else why the file cannot be written, and the log goes on as it was.</returns>
    public string? Apply(LoggingConfig config)
    {
        lock (_lock)
        {
            var isNewFile = config.FileName != _config.FileName;
            if (config.FileName is { } path && Prepare(path, isEmptied: config.StartsEmpty && isNewFile) is { } problem)
                return problem;

            // The old one is closed first: the same file is not opened twice.
            Close(_target);
            _target = Open(config);
            _config = config;
            _level.MinimumLevel = config.Level;
            return null;
        }
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
            _target.Write(logEvent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The root holds nothing but this, and would come back here.
        lock (_lock)
            Close(_target);
    }

    // Serilog's file sink keeps quiet about a file that it cannot open, so it is tried before.
    private static string? Prepare(string path, bool isEmptied)
    {
        try
        {
            using var file = new FileStream(path, isEmptied ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            return null;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return SingleLine.Of($"logging.filename: the file '{path}' cannot be written: {exception.Message}");
        }
    }

    private static Logger Open(LoggingConfig config)
    {
        var formatter = new LogLineFormatter(config);
        // The level is judged before, and the file grows as long as there is room: the sink's own limit would end the log.
        var target = new LoggerConfiguration().MinimumLevel.Verbose();
        return target.WriteTo.Async(
            sink => _ = config.FileName is { } path
                ? sink.File(formatter, path, fileSizeLimitBytes: null)
                : sink.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose),
            bufferSize: MostWaiting).CreateLogger();
    }

    // Writes what waits, unless whoever reads the log has stopped reading.
    private static void Close(Logger target) => _ = Task.Run(target.Dispose).Wait(LongestClose);
}
