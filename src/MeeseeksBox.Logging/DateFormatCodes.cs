using System.Globalization;
using System.Text;

namespace MeeseeksBox.Logging;

/// <summary>Formats times by the codes of <c>strftime</c>, always in English.</summary>
internal static class DateFormatCodes
{
    private const string Default = "yyyy-MM-dd HH:mm:ss,fff";

    /// <summary>Formats a time in its own offset.</summary>
    /// <param name="time">The time.</param>
    /// <param name="format">The codes; null for <c>2026-01-31 12:34:56,789</c>.</param>
    public static string Write(DateTimeOffset time, string? format)
    {
        if (format is null)
            return time.ToString(Default, CultureInfo.InvariantCulture);
        var text = new StringBuilder();
        foreach (var piece in Pieces(format))
            text.Append(piece is ['%', var code] ? Code(time, code) ?? piece : piece);
        return text.ToString();
    }

    /// <summary>The unknown codes in a format, which are written literally.</summary>
    public static IEnumerable<string> Unknown(string format) =>
        Pieces(format).Where(piece => piece is "%" || (piece is ['%', var code] && Code(DateTimeOffset.UnixEpoch, code) is null));

    private static IEnumerable<string> Pieces(string format)
    {
        for (var i = 0; i < format.Length; i++)
            yield return format[i] == '%' && i + 1 < format.Length ? format.Substring(i++, 2) : format[i].ToString();
    }

    private static string? Code(DateTimeOffset time, char code) => code switch
    {
        'Y' => Net(time, "yyyy"),
        'y' => Net(time, "yy"),
        'm' => Net(time, "MM"),
        'd' => Net(time, "dd"),
        'e' => Net(time, "%d").PadLeft(2),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'H' => Net(time, "HH"),
        'I' => Net(time, "hh"),
        'M' => Net(time, "mm"),
        'S' => Net(time, "ss"),
        'f' => Net(time, "ffffff"),
        'p' => Net(time, "tt"),
        'a' => Net(time, "ddd"),
        'A' => Net(time, "dddd"),
        'b' or 'h' => Net(time, "MMM"),
        'B' => Net(time, "MMMM"),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'u' => time.DayOfWeek == DayOfWeek.Sunday ? "7" : ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", CultureInfo.InvariantCulture),
        'G' => ISOWeek.GetYear(time.DateTime).ToString("0000", CultureInfo.InvariantCulture),
        'z' => Net(time, "zzz").Replace(":", string.Empty, StringComparison.Ordinal),
        'Z' => time.Offset == TimeSpan.Zero ? "UTC" : Net(time, "zzz"),
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'F' => Net(time, "yyyy-MM-dd"),
        'T' or 'X' => Net(time, "HH:mm:ss"),
        'R' => Net(time, "HH:mm"),
        'D' or 'x' => Net(time, "MM/dd/yy"),
        'c' => $"{Net(time, "ddd MMM")} {Code(time, 'e')} {Net(time, "HH:mm:ss yyyy")}",
        '%' => "%",
        _ => null,
    };

    private static string Net(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
