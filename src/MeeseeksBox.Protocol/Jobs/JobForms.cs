using System.Globalization;
using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The forms of single values that jobs are made of.</summary>
internal static class JobForms
{
    public static readonly JobValueForm<string?> Text = new()
    {
        Wanted = "a text",
        TryRead = Loose.TryText!,
        Write = static (writer, value) => writer.WriteStringValue(value),
        Canonical = static value => value,
    };

    /// <summary>The name of a node, or <c>false</c> where there is none.</summary>
    public static readonly JobValueForm<string?> NodeName = new()
    {
        Wanted = "the name of a node",
        TryRead = static (JsonElement value, out string? result) =>
        {
            var named = Loose.TryText(value, out var text);
            result = text.Length is 0 ? null : text;
            return named || value.ValueKind is JsonValueKind.False;
        },
        Write = static (writer, value) =>
        {
            if (value is null)
            {
                writer.WriteBooleanValue(false);
            }
            else
            {
                writer.WriteStringValue(value);
            }
        },
        Canonical = static value => value ?? "0",
        IsSet = static _ => true,
    };

    /// <summary>
    /// A user or a group, by name or number. The original takes 0 and less for "not given", and reads only a JSON number as a number.
    /// </summary>
    public static readonly JobValueForm<string?> Account = new()
    {
        Wanted = "a name or a number",
        TryRead = static (JsonElement value, out string? result) =>
        {
            var isNumber = Loose.TryWhole(value, out var number);
            var isText = Loose.TryText(value, out var text);
            result = isNumber ? (number > 0 ? Loose.Canonical(number) : null) : text.Length > 0 ? text : null;
            return isNumber || (isText && value.ValueKind is JsonValueKind.String && !text.Contains('\0'));
        },
        Write = static (writer, value) =>
        {
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                writer.WriteNumberValue(number);
            }
            else
            {
                writer.WriteStringValue(value);
            }
        },
        Canonical = static value => value,
    };

    public static readonly JobValueForm<JobState> State = new()
    {
        Wanted = "one of new, running, done, failed, killed",
        TryRead = static (JsonElement value, out JobState result) =>
            JobStates.TryParse(value.ValueKind is JsonValueKind.String ? value.GetString() : null, out result),
        Write = static (writer, value) => writer.WriteStringValue(JobStates.Encoded(value)),
        Canonical = JobStates.Word,
        IsSet = static _ => true,
    };

    public static readonly JobValueForm<bool> Flag = new()
    {
        Wanted = "true or false",
        TryRead = Loose.TryBoolean,
        Write = static (writer, value) => writer.WriteBooleanValue(value),
        Canonical = static value => value ? "1" : "0",
        IsSet = static _ => true,
    };

    /// <summary>A truth that may never have been said: left out on the wire then, and false in a filter.</summary>
    public static readonly JobValueForm<bool?> OptionalFlag = new()
    {
        Wanted = "true or false",
        None = false,
        TryRead = static (JsonElement value, out bool? result) =>
        {
            var known = Loose.TryBoolean(value, out var flag);
            result = flag;
            return known;
        },
        Write = static (writer, value) => writer.WriteBooleanValue(value is true),
        Canonical = static value => value is true ? "1" : "0",
    };

    /// <summary>A mark that is only ever set by us.</summary>
    public static readonly JobValueForm<bool?> Mark = new()
    {
        Wanted = "true or false",
        TryRead = OptionalFlag.TryRead,
        Write = OptionalFlag.Write,
        Canonical = OptionalFlag.Canonical,
    };

    public static readonly JobValueForm<double> Number = new()
    {
        Wanted = "a number",
        TryRead = Loose.TryNumber,
        Write = static (writer, value) => writer.WriteNumberValue(value),
        Canonical = static value => Loose.Canonical(value),
        IsSet = static _ => true,
    };

    public static readonly JobValueForm<double?> OptionalNumber = new()
    {
        Wanted = "a number",
        TryRead = static (JsonElement value, out double? result) =>
        {
            var known = Loose.TryNumber(value, out var number);
            result = number;
            return known;
        },
        Write = static (writer, value) => writer.WriteNumberValue(value!.Value),
        Canonical = static value => value is { } number ? Loose.Canonical(number) : null,
    };

    /// <summary>Seconds; 0 says no limit.</summary>
    public static readonly JobValueForm<double?> Span = new()
    {
        Wanted = "a number of seconds, 0 or more",
        TryRead = static (JsonElement value, out double? result) => OptionalNumber.TryRead(value, out result) && result >= 0,
        Write = OptionalNumber.Write,
        Canonical = OptionalNumber.Canonical,
    };

    /// <summary>Seconds since 1970. The range keeps sums and comparisons exact enough, whatever a peer sends.</summary>
    public static readonly JobValueForm<double> Time = new()
    {
        Wanted = "a time in seconds since 1970",
        TryRead = static (JsonElement value, out double result) => Loose.TryNumber(value, out result) && Math.Abs(result) < 1e11,
        Write = Number.Write,
        Canonical = Number.Canonical,
        IsSet = static _ => true,
    };

    public static readonly JobValueForm<double?> OptionalTime = new()
    {
        Wanted = "a time in seconds since 1970",
        TryRead = static (JsonElement value, out double? result) => OptionalNumber.TryRead(value, out result) && Math.Abs(result!.Value) < 1e11,
        Write = OptionalNumber.Write,
        Canonical = OptionalNumber.Canonical,
    };

    public static readonly JobValueForm<int> Whole = new()
    {
        Wanted = "a whole number",
        TryRead = Loose.TryWhole,
        Write = static (writer, value) => writer.WriteNumberValue(value),
        Canonical = static value => Loose.Canonical(value),
        IsSet = static _ => true,
    };

    public static readonly JobValueForm<int?> OptionalWhole = new()
    {
        Wanted = "a whole number",
        TryRead = static (JsonElement value, out int? result) =>
        {
            var known = Loose.TryWhole(value, out var number);
            result = number;
            return known;
        },
        Write = static (writer, value) => writer.WriteNumberValue(value!.Value),
        Canonical = static value => value is { } number ? Loose.Canonical(number) : null,
    };

    /// <summary>How often something happened; the range leaves room to count on.</summary>
    public static readonly JobValueForm<int> Tally = new()
    {
        Wanted = "a whole number from 0 to 1000000000",
        TryRead = static (JsonElement value, out int result) => Loose.TryWhole(value, out result) && result is >= 0 and <= 1_000_000_000,
        Write = Whole.Write,
        Canonical = Whole.Canonical,
        IsSet = static _ => true,
    };

    /// <summary>Like <see cref="Tally"/>; left out while it is 0.</summary>
    public static readonly JobValueForm<int> Count = new()
    {
        Wanted = Tally.Wanted,
        TryRead = Tally.TryRead,
        Write = Whole.Write,
        Canonical = Whole.Canonical,
        IsSet = static value => value is not 0,
    };

    public static readonly JobValueForm<int?> OptionalCount = new()
    {
        Wanted = "a whole number, 0 or more",
        None = 0,
        TryRead = static (JsonElement value, out int? result) => OptionalWhole.TryRead(value, out result) && result >= 0,
        Write = OptionalWhole.Write,
        Canonical = OptionalWhole.Canonical,
    };

    public static readonly JobValueForm<long> Sequence = new()
    {
        Wanted = "a whole number",
        TryRead = static (JsonElement value, out long result) =>
        {
            var known = Loose.TryNumber(value, out var number) && Math.Abs(number) < 1L << 53;
            result = known ? (long)number : 0;
            return known;
        },
        Write = static (writer, value) => writer.WriteNumberValue(value),
        Canonical = static value => Loose.Canonical(value),
        IsSet = static _ => true,
    };
}
