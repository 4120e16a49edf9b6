using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Configuration;
using Serilog.Events;

namespace MeeseeksBox.Logging;

/// <summary>The section <c>logging</c>, with the keys of Python's <c>basicConfig</c> (docs/SPECIFICATION.md#logging-settings).</summary>
public sealed record LoggingConfig
{
    private static readonly LoggingConfig Default = new();

    /// <summary><c>level</c>: the lowest level to write, by its name or by a number from 0 to 50.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;

    /// <summary><c>filename</c>: the file to write to; null for standard error.</summary>
    public string? FileName { get; init; }

    /// <summary><c>filemode</c>: true for <c>w</c>, which empties the file at the start; false for <c>a</c>.</summary>
    public bool StartsEmpty { get; init; }

    /// <summary><c>format</c>: the format of a line, with fields such as <c>%(name)s</c>.</summary>
    public string Format { get; init; } = "%(levelname)s %(name)s: %(message)s";

    /// <summary>
    /// <c>datefmt</c>: the format of <c>%(asctime)s</c>, in the codes of <c>strftime</c>; null for <c>2026-01-31 12:34:56,789</c>.
    /// </summary>
    public string? DateFormat { get; init; }

    /// <summary>Reads the section. Invalid settings are added to the problems.</summary>
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
            section.AddProblem(setting, $"{setting.Value.Display} is neither 'a' (append to the file) nor 'w' (empty it first)");
        return mode == "w";
    }

    private static string? ReadFormat(SectionReader section, string key, Func<string, IEnumerable<string>> unknown)
    {
        if (section.Text(key) is not { } format || section.Find(key) is not { } setting)
            return null;
        foreach (var part in unknown(format))
            section.AddWarning(setting, $"'{part}' is unknown and is written literally");
        return format;
    }

    private static void WarnOfStyle(SectionReader section)
    {
        if (section.Find("style") is { Value: not ConfigScalar { Text: "%" } } setting)
            section.AddWarning(setting, $"{setting.Value.Display} is not supported and is ignored; write the format with %(name)s");
    }
}
