using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>The levels of Python's logging, by name and number.</summary>
internal static class LogLevels
{
    /// <summary>Finds a level by its name, ignoring case; null when there is none.</summary>
    public static LogEventLevel? FromName(string name) => name.ToUpperInvariant() switch
    {
        "NOTSET" => LogEventLevel.Verbose,
        "DEBUG" => LogEventLevel.Debug,
        "INFO" => LogEventLevel.Information,
        "WARNING" or "WARN" => LogEventLevel.Warning,
        "ERROR" => LogEventLevel.Error,
        "CRITICAL" or "FATAL" => LogEventLevel.Fatal,
        _ => null,
    };

    /// <summary>The lowest level that a threshold of 0 to 50 allows; null outside of the range.</summary>
    public static LogEventLevel? FromNumber(int number) => number switch
    {
        < 0 or > 50 => null,
        0 => LogEventLevel.Verbose,
        <= 10 => LogEventLevel.Debug,
        <= 20 => LogEventLevel.Information,
        <= 30 => LogEventLevel.Warning,
        <= 40 => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    /// <summary>The name of a level; Serilog's Verbose counts as DEBUG.</summary>
    public static string Name(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "DEBUG",
        LogEventLevel.Information => "INFO",
        LogEventLevel.Warning => "WARNING",
        LogEventLevel.Error => "ERROR",
        LogEventLevel.Fatal => "CRITICAL",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Serilog has no such level."),
    };

    /// <summary>Python's number of a level.</summary>
    public static int Number(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => 10,
        LogEventLevel.Information => 20,
        LogEventLevel.Warning => 30,
        LogEventLevel.Error => 40,
        LogEventLevel.Fatal => 50,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Serilog has no such level."),
    };
}
