using MeeseeksBox.Foundation.Files;
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
    // Reduced by the umask.
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite;

    private readonly LoggingLevelSwitch _level = new();
    // The outer of the two.
    private readonly Lock _reload = new();
    private readonly Lock _lock = new();
    private readonly string _program;
    private readonly Logger _root;
    private LoggingConfig _config = new();
    private BackgroundSink _target;

    /// <summary>Creates a log to standard error.</summary>
    /// <param name="program">The name of the program and of its main logger.</param>
    public LogSetup(string program)
    {
        _program = program;
        _target = new BackgroundSink(Open(_config, isEmptied: false), program);
        _root = new LoggerConfiguration().MinimumLevel.ControlledBy(_level).WriteTo.Sink(this).CreateLogger();
        Logger = CreateLogger(program);
    }

    /// <summary>The main logger, named after the program.</summary>
    public ILogger Logger { get; }

    /// <summary>Creates a logger with a name, such as <c>node1.Pool.p1</c>.</summary>
    public ILogger CreateLogger(string name) => _root.ForContext(LogField.LoggerProperty, name);

    /// <summary>Checks that the file of a configuration can be written, without a change of file or log.</summary>
    /// <returns>Null when it can be.</returns>
    public static string? ProblemOf(LoggingConfig config) =>
        config.FileName is { } path && AppendTarget.ProblemOf(path) is { } reason ? Problem(path, reason) : null;

    /// <summary>Applies a configuration.</summary>
    /// <remarks>A file is reopened even without changes, so that one that logrotate has moved is created again.</remarks>
    /// <returns>Null on success; otherwise why the file cannot be written, and the log is unchanged.</returns>
    public string? Apply(LoggingConfig config)
    {
        // Opening may block, and loggers must not wait for it.
        lock (_reload)
        {
            ILogEventSink sink;
            try
            {
                sink = Open(config, isEmptied: config.StartsEmpty && config.FileName != _config.FileName);
            }
            catch (IOException problem)
            {
                return Problem(config.FileName!, problem.Message);
            }

            lock (_lock)
                _target = new BackgroundSink(sink, _program, _target);
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

    /// <summary>Writes the last lines. Later ones are lost.</summary>
    /// <remarks>The root logger owns only this sink, and its Dispose would recurse.</remarks>
    public void Dispose()
    {
        BackgroundSink target;
        lock (_lock)
            target = _target;
        target.Dispose();
    }

    private static string Problem(string path, string reason) =>
        $"logging.filename: the file '{path}' cannot be written: {reason}; name another file, or leave the key out for standard error";

    private ILogEventSink Open(LoggingConfig config, bool isEmptied)
    {
        var formatter = new LogLineFormatter(config);
        if (config.FileName is { } path)
            return new AppendSink(formatter, AppendTarget.Open(path, Mode, isEmptied), path, _program);

        // The root logger filters by level. The programs give the console a stream that leaves the terminal alone.
        return new LoggerConfiguration().MinimumLevel.Verbose()
            .WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();
    }
}
