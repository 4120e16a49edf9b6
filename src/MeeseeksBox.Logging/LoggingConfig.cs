using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Protocol.Configuration;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>The section <c>logging</c>, in the words of Python's <c>basicConfig</c> (docs/SPECIFICATION.md#logging-settings).</summary>
public sealed record LoggingConfig
{
    private static readonly LoggingConfig Default = new();

    /// <summary>The least level that is written: <c>level</c>, as DEBUG, INFO, WARNING, ERROR, CRITICAL or as 10, 20, 30, 40, 50.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;

    /// <summary>The file to write to; null: standard error.</summary>
    public string? FileName { get; init; }

    /// <summary>Whether the file is emptied at the start: <c>filemode</c> is <c>w</c>, and not <c>a</c>.</summary>
    public bool StartsEmpty { get; init; }

    /// <summary>What a line looks like, with <c>%(name)s</c> for what changes.</summary>
    public string Format { get; init; } = "%(levelname)s %(name)s: %(message)s";

    /// <summary>
    /// What <c>%(asctime)s</c> looks like, in the codes of <c>strftime</c>: <c>datefmt</c>. Null: <c>2026-01-31 12:34:56,789</c>.
    /// </summary>
    public string? DateFormat { get; init; }

    /// <summary>Reads the section. What is wrong is told to the reader.</summary>
    public static LoggingConfig Read(SectionReader section)
    {
        WarnOfStyle(section);
        return new LoggingConfig
        {
            Level = ReadLevel(section) ?? Default.Level,
            FileName = section.Text("filename"),
            StartsEmpty = ReadFileMode(section),
            Format = ReadFormat(section, "format", format => LogFormat.Parse(format).Unknown) ?? Default.Format,
            DateFormat = ReadFormat(section, "datefmt", DateFormatCodes.Unknown),
        };
    }

    private static LogEventLevel? ReadLevel(SectionReader section)
    {
        if (section.Find("level") is not { } setting)
            return null;
        if (setting.Value is ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text: var text })
        {
            if (LogLevels.FromName(text) is { } named)
                return named;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && LogLevels.FromNumber(number) is { } numbered)
                return numbered;
        }

        section.AddProblem(
            setting,
            $"{setting.Value.Display} is not a level: DEBUG, INFO, WARNING, ERROR, CRITICAL, or a number from 0 to 50");
        return null;
    }

    private static bool ReadFileMode(SectionReader section)
    {
        if (section.Find("filemode") is not { } setting)
            return Default.StartsEmpty;
        var mode = (setting.Value as ConfigScalar)?.Text;
        if (mode is not ("a" or "w"))
            section.AddProblem(setting, $"{setting.Value.Display} is neither 'a' (go on with the file) nor 'w' (start it anew)");
        return mode == "w";
    }

    private static string? ReadFormat(SectionReader section, string key, Func<string, IEnumerable<string>> unknown)
    {
        if (section.Text(key) is not { } format || section.Find(key) is not { } setting)
            return null;
        foreach (var part in unknown(format))
            section.AddWarning(setting, $"'{part}' is not known, and is written as it stands");
        return format;
    }

    private static void WarnOfStyle(SectionReader section)
    {
        if (section.Find("style") is { Value: not ConfigScalar { Text: "%" } } setting)
            section.AddWarning(setting, $"{setting.Value.Display} is not supported, and ignored: the format is written with %(name)s");
    }
}
