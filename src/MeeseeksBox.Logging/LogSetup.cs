using MeeseeksBox.Foundation.Text;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>The log of a program.</summary>
/// <remarks>
/// It starts as INFO to standard error. <see cref="Apply"/> applies a configuration, at the start and at each reload; existing loggers
/// remain valid.
/// </remarks>
/// <example><code>
/// using var log = new LogSetup("meeseeks-box");
/// if (log.Apply(config.Logging) is { } problem)
///     return Refuse(problem);
/// var logger = log.CreateLogger("node1.Pool.p1");
/// </code></example>
public sealed class LogSetup : ILogEventSink, IDisposable
{
    private readonly LoggingLevelSwitch _level = new();
    private readonly Lock _lock = new();
    private readonly Logger _root;
    private LoggingConfig _config = new();
    private BackgroundSink _target;

    /// <summary>Creates a log to standard error.</summary>
    /// <param name="program">The name of the program and of its main logger.</param>
    public LogSetup(string program)
    {
        _target = Open(_config);
        _root = new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(this).CreateLogger();
        Logger = CreateLogger(program);
    }

    /// <summary>The main logger, named after the program.</summary>
    public ILogger Logger { get; }

    /// <summary>Creates a logger with a name, such as <c>node1.Pool.p1</c>.</summary>
    public ILogger CreateLogger(string name) => _root.ForContext(LogField.LoggerProperty, name);

    /// <summary>Checks that the file of a configuration can be written, without a change of file or log.</summary>
    /// <returns>Null when it can be.</returns>
    public static string? ProblemOf(LoggingConfig config)
    {
        if (config.FileName is not { } path)
            return null;

        var isNew = !File.Exists(path);
        var problem = ProbeWritable(path, isEmptied: false);
        if (isNew && problem is null)
            File.Delete(path);
        return problem;
    }

    /// <summary>Applies a configuration.</summary>
    /// <remarks>A file is reopened even without changes, so that one that logrotate has moved is created again.</remarks>
    /// <returns>Null on success; otherwise why the file cannot be written, and the log is unchanged.</returns>
    public string? Apply(LoggingConfig config)
    {
        lock (_lock)
        {
            var isNewFile = config.FileName != _config.FileName;
            if (config.FileName is { } path && ProbeWritable(path, isEmptied: config.StartsEmpty && isNewFile) is { } problem)
                return problem;

            // Closed first, so that the same file is not open twice.
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
        // The root logger owns only this sink, and its Dispose would recurse.
        lock (_lock)
            _target.Dispose();
    }

    // Serilog's file sink does not report a file that it cannot open, so the file is probed before the old log is closed.
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
        // The root logger filters by level. The file has no size limit, because the sink would stop writing at it.
        var target = new LoggerConfiguration().MinimumLevel.Verbose();
        _ = config.FileName is { } path
            ? target.WriteTo.File(formatter, path, fileSizeLimitBytes: null, hooks: new AppendFileHooks())
            : target.WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose);
        return new BackgroundSink(target.CreateLogger());
    }
}
