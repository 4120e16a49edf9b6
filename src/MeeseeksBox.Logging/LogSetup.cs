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
    private readonly LoggingLevelSwitch _level = new();
    private readonly Lock _lock = new();
    private readonly Logger _root;
    private LoggingConfig _config = new();
    private BackgroundSink _target;

    /// <summary>A log to standard error.</summary>
    /// <param name="program">The name of the program, which is the name of its first logger.</param>
    public LogSetup(string program)
    {
        _target = Open(_config);
        _root = new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(this).CreateLogger();
        Logger = CreateLogger(program);
    }

    /// <summary>The logger with the name of the program.</summary>
    public ILogger Logger { get; }

    /// <summary>A logger with a name, such as <c>node1.Pool.p1</c>.</summary>
    public ILogger CreateLogger(string name) => _root.ForContext(LogField.LoggerProperty, name);

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
            if (config.FileName is { } path && ProbeWritable(path, isEmptied: config.StartsEmpty && isNewFile) is { } problem)
                return problem;

            // The old one is closed first: the same file is not opened twice.
            _target.Dispose();
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
            _target.Emit(logEvent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The root holds nothing but this, and would come back here.
        lock (_lock)
            _target.Dispose();
    }

    // Serilog's file sink keeps quiet about a file that it cannot open, so it is tried before the old log is closed.
    private static string? ProbeWritable(string path, bool isEmptied)
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

    private static BackgroundSink Open(LoggingConfig config)
    {
        var formatter = new LogLineFormatter(config);
        // The level is judged before, and the file grows as long as there is room: the sink's own limit would end the log.
        var target = new LoggerConfiguration().MinimumLevel.Verbose();
        _ = config.FileName is { } path
            ? target.WriteTo.File(formatter, path, fileSizeLimitBytes: null, hooks: new AppendFileHooks())
            : target.WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose);
        return new BackgroundSink(target.CreateLogger());
    }
}
