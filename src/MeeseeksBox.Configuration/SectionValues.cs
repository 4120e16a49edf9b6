using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Configuration;

/// <summary>Typed access to the settings of a section.</summary>
/// <remarks>
/// Each method returns null, or the fallback, when the setting is not set or invalid. An invalid setting is added to the problems of
/// the section.
/// </remarks>
public static class SectionValues
{
    /// <summary>The maximum of a time setting, about 31 years.</summary>
    /// <remarks>A single timer is limited to about 49 days.</remarks>
    public static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(1_000_000_000);

    /// <summary>A text that is not empty. A number is used as it was written.</summary>
    public static string? Text(this SectionReader section, string key)
    {
        if (section.Find(key) is not { } setting)
            return null;
        if (setting.Value is not ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text: var text })
            section.AddProblem(setting, $"{setting.Value.Display} is not text");
        else if (text.Length == 0)
            section.AddProblem(setting, "the text is empty; leave the key out, or write null, to get the default");
        else
            return text;
        return null;
    }

    /// <summary>The setting <c>address</c> of a connecting program: a host, perhaps with a port, or <c>unix:/path</c>.</summary>
    public static string? Address(this SectionReader section)
    {
        var address = section.Text("address");
        if (address is not null && HostAddress.Parse(address) is { IsSuccess: false } wrong && section.Find("address") is { } setting)
            section.AddProblem(setting, wrong.Problem);
        return address;
    }

    /// <summary>A boolean, also as 1 or 0 and as text.</summary>
    public static bool Flag(this SectionReader section, string key, bool fallback)
    {
        if (section.Find(key) is not { } setting)
            return fallback;
        switch ((setting.Value as ConfigScalar)?.Text.ToLowerInvariant())
        {
            case "true" or "1":
                return true;
            case "false" or "0":
                return false;
            default:
                section.AddProblem(setting, $"{setting.Value.Display} is not true or false");
                return fallback;
        }
    }

    /// <summary>A whole number in a range, also as text.</summary>
    public static int? WholeNumber(this SectionReader section, string key, int least, int most = int.MaxValue)
    {
        if (section.Find(key) is not { } setting)
            return null;
        return WholeNumber(section, setting, setting.Value, least, most);
    }

    /// <summary>Whole numbers in a range: one, a list, or one text with commas.</summary>
    /// <returns>At least one, without duplicates, in order; null when the setting is not set or invalid.</returns>
    public static IReadOnlyList<int>? WholeNumbers(this SectionReader section, string key, int least, int most = int.MaxValue)
    {
        if (section.Find(key) is not { } setting)
            return null;
        IReadOnlyList<ConfigValue> items = setting.Value switch
        {
            ConfigList list => list.Items,
            ConfigScalar { Kind: JsonValueKind.String, Text: var text } when text.Contains(',', StringComparison.Ordinal) =>
            [
                .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(item => new ConfigScalar(JsonValueKind.String, item, setting.Value.Origin)),
            ],
            var value => [value],
        };
        if (items is [])
            section.AddProblem(setting, $"{setting.Value.Display} has no number in it");
        int?[] numbers = [.. items.Select(item => WholeNumber(section, setting, item, least, most))];
        return numbers is [] || numbers.Contains(null) ? null : [.. numbers.OfType<int>().Distinct()];
    }

    /// <summary>A number in a range, decimals allowed, also as text; 0 for none.</summary>
    /// <returns>Null also for 0.</returns>
    public static double? NumberOrNone(this SectionReader section, string key, double least, double most) =>
        section.Number(key, least, most, zero: 0) is { } number and not 0 ? number : null;

    /// <summary>A number in a range, decimals allowed, also as text.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The largest number.</param>
    /// <param name="zero">A further number that is allowed; null for none.</param>
    public static double? Number(this SectionReader section, string key, double least, double most, double? zero = null)
    {
        if (section.Find(key) is not { } setting)
            return null;
        if (Number(setting.Value) is not { } number)
            section.AddProblem(setting, $"{setting.Value.Display} is not a number");
        else if (number < least && number != zero)
            section.AddProblem(setting, $"{setting.Value.Display} is too small: the minimum is {Invariant(least)}");
        else if (number > most)
            section.AddProblem(setting, $"{setting.Value.Display} is too large: the maximum is {Invariant(most)}");
        else
            return number;
        return null;

        static string Invariant(double limit) => limit.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A number of bytes in a range, perhaps with a unit; 0 for none.</summary>
    /// <returns>Null also for 0.</returns>
    public static long? SizeOrNone(this SectionReader section, string key, long least, long most)
    {
        if (section.Find(key) is not { } setting)
            return null;
        if (setting.Value is not ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text: var text }
            || !ByteSize.TryParse(text, out var bytes))
            section.AddProblem(setting, $"{setting.Value.Display} is not a size, such as 100M or 1.5G");
        else if (bytes is not 0 && bytes < least)
            section.AddProblem(setting, $"{setting.Value.Display} is too small: the minimum is {ByteSize.Exact(least)}");
        else if (bytes > most)
            section.AddProblem(setting, $"{setting.Value.Display} is too large: the maximum is {ByteSize.Exact(most)}");
        else
            return bytes is 0 ? null : bytes;
        return null;
    }

    /// <summary>A time in seconds of 0 or more, decimals allowed, also as text.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="alias">Another name of the same setting.</param>
    public static TimeSpan? Seconds(this SectionReader section, string key, string? alias = null) =>
        Time(section, section.Find(key, alias), canBeZero: true);

    /// <summary>A time in seconds of more than 0, decimals allowed, also as text.</summary>
    public static TimeSpan? SecondsAboveZero(this SectionReader section, string key) => Time(section, section.Find(key), canBeZero: false);

    /// <summary>Words, given as a list or as one text with commas, joined by commas.</summary>
    public static string? Strings(this SectionReader section, string key)
    {
        if (section.Find(key) is not { Value: ConfigList list } setting)
            return section.Text(key);
        if (list.Items.All(item => item is ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text.Length: > 0 }))
            return string.Join(',', list.Items.Select(item => ((ConfigScalar)item).Text));
        section.AddProblem(setting, "an item of the list is not text");
        return null;
    }

    private static int? WholeNumber(SectionReader section, Setting setting, ConfigValue value, int least, int most)
    {
        if (Number(value) is not { } number || !double.IsInteger(number))
            section.AddProblem(setting, $"{value.Display} is not a whole number");
        else if (number < least)
            section.AddProblem(setting, $"{value.Display} is too small: the minimum is {least}");
        else if (number > most)
            section.AddProblem(setting, $"{value.Display} is too large: the maximum is {most}");
        else
            return (int)number;
        return null;
    }

    private static TimeSpan? Time(SectionReader section, Setting? setting, bool canBeZero)
    {
        if (setting is null)
            return null;
        var shown = setting.Value.Display;
        if (Number(setting.Value) is not { } seconds)
            section.AddProblem(setting, $"{shown} is not a number of seconds");
        else if (seconds < 0 || (seconds == 0 && !canBeZero))
            section.AddProblem(setting, $"{shown} is too small: the time must be {(canBeZero ? "0 s or more" : "more than 0 s")}");
        else if (seconds > LongestTime.TotalSeconds)
            section.AddProblem(setting, $"{shown} is too large: the maximum is {LongestTime.TotalSeconds} s");
        else
            return TimeSpan.FromSeconds(seconds);
        return null;
    }

    private static double? Number(ConfigValue value) =>
        value is ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number, Text: var text }
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && !double.IsNaN(number)
            ? number
            : null;
}
