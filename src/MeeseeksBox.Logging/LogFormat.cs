using System.Globalization;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Logging;

/// <summary>A parsed <c>format</c> of Python's logging: <c>%(asctime)s %(levelname)-8s %(name)s: %(message)s</c>.</summary>
internal sealed partial class LogFormat
{
    private LogFormat(IReadOnlyList<LogFormatPart> parts, IReadOnlyList<string> unknown)
    {
        Parts = parts;
        Unknown = unknown;
    }

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<LogFormatPart> Parts { get; }

    /// <summary>The unknown or invalid parts, which are written literally.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>Parses a format.</summary>
    public static LogFormat Parse(string format)
    {
        var parts = new List<LogFormatPart>();
        var unknown = new List<string>();
        var end = 0;
        foreach (Match match in PercentPart().Matches(format))
        {
            parts.Add(LogFormatPart.Literal(format[end..match.Index]));
            end = match.Index + match.Length;
            var part = match.Value == "%%" ? LogFormatPart.Literal("%") : Field(match);
            if (part is null)
                unknown.Add(match.Value);
            parts.Add(part ?? LogFormatPart.Literal(match.Value));
        }

        parts.Add(LogFormatPart.Literal(format[end..]));
        return new LogFormat([.. parts.Where(part => part.Field is not null || part.Text.Length > 0)], unknown);
    }

    private static LogFormatPart? Field(Match match)
    {
        if (!match.Groups["name"].Success || LogField.Find(match.Groups["name"].Value) is not { } field)
            return null;
        var conversion = match.Groups["conversion"].Value[0];
        if (conversion != 's' && !field.IsNumber)
            return null;

        var flags = match.Groups["flags"].Value;
        return new LogFormatPart(string.Empty, field)
        {
            Conversion = conversion,
            IsLeft = flags.Contains('-', StringComparison.Ordinal),
            HasZeros = flags.Contains('0', StringComparison.Ordinal) && conversion != 's',
            Width = Number(match.Groups["width"]) ?? 0,
            Precision = Number(match.Groups["precision"]),
        };
    }

    private static int? Number(Group digits) =>
        digits is { Success: true, Length: > 0 } ? int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture) : null;

    // The last alternative matches any other percent sign, so that a warning can quote it.
    [GeneratedRegex(
        @"%%" +
        @"|%\((?<name>\w+)\)(?<flags>[-0 ]*)(?<width>[0-9]{0,3})(\.(?<precision>[0-9]{0,2}))?(?<conversion>[sdf])" +
        @"|%(\(\w*\))?\S?",
        RegexOptions.CultureInvariant)]
    private static partial Regex PercentPart();
}
