using MeeseeksBox.Protocol.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>
/// The log of the box. It starts as INFO to standard error; <see cref="Apply"/> brings it to a configuration, at the start
/// and at each reload, while everybody keeps the logger that he has.
/// </summary>
/// <example><code>
/// using var log = new LogSetup();
/// if (log.Apply(config.Logging) is { } problem)
///     return Refuse(problem);
/// var logger = log.Named("node1.Pool.p1");
/// </code></example>
internal sealed class LogSetup : ILogEventSink, IDisposable
{
    private readonly LoggingLevelSwitch _level = new();
    private readonly Lock _lock = new();
    private readonly Logger _root;
    private LoggingConfig _config = new();
    private LogWriter _target;

    /// <summary>A log to standard error.</summary>
    public LogSetup()
    {
        _target = Open(_config);
        _root = new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(this).CreateLogger();
    }

    /// <summary>The logger without a name.</summary>
    public ILogger Logger => _root;

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

    // The old log goes on when the new file cannot be written, so that is tried before the old one is closed.
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

    private static LogWriter Open(LoggingConfig config) => new(
        config.FileName is { } path
            ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
#pragma warning disable RS0030 // The log is the one thing beside Program.cs that is written to the terminal.
            : Console.OpenStandardError(),
#pragma warning restore RS0030
        new LogLineFormatter(config));
}
