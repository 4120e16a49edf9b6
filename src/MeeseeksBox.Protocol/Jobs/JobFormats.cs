using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The formats of single-valued attributes.</summary>
internal static class JobFormats
{
    public static readonly JobValueFormat<string?> Text = new()
    {
        Expected = "a text",
        TryRead = LenientJson.TryString!,
        Write = static (writer, value) => writer.WriteStringValue(value),
        Canonical = static value => value,
    };

    /// <summary>The id of a job, which is a key in answers.</summary>
    public static readonly JobValueFormat<string?> Id = Text with
    {
        Expected = "a text of valid Unicode",
        TryRead = static (JsonElement value, out string? result) => LenientJson.TryString(value, out result!) && !ByteText.HasBytes(result),
    };

    /// <summary>The name of a node; <c>false</c> for none.</summary>
    public static readonly JobValueFormat<string?> NodeName = new()
    {
        Expected = "the name of a node",
        TryRead = static (JsonElement value, out string? result) =>
        {
            var named = LenientJson.TryString(value, out var text);
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

    /// <summary>A user or a group, by name or number.</summary>
    /// <remarks>The original treats 0 and less as "not set", and accepts a number only as a JSON number.</remarks>
    public static readonly JobValueFormat<string?> Account = new()
    {
        Expected = "the name or the number of an account",
        TryRead = static (JsonElement value, out string? result) => AccountText.TryRead(value, out result),
        Write = static (writer, value) =>
        {
            if (uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
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

    public static readonly JobValueFormat<JobState> State = new()
    {
        Expected = "one of new, running, done, failed, killed",
        TryRead = static (JsonElement value, out JobState result) =>
            JobStates.TryParse(value.ValueKind is JsonValueKind.String ? LosslessJson.Of(value) : null, out result),
        Write = static (writer, value) => writer.WriteStringValue(JobStates.Encoded(value)),
        Canonical = JobStates.Word,
        IsSet = static _ => true,
    };

    public static readonly JobValueFormat<bool> Flag = new()
    {
        Expected = "true or false",
        TryRead = LenientJson.TryBoolean,
        Write = static (writer, value) => writer.WriteBooleanValue(value),
        Canonical = static value => value ? "1" : "0",
        IsSet = static _ => true,
    };

    /// <summary>A boolean that may be unset: omitted on the wire, and false in a filter.</summary>
    public static readonly JobValueFormat<bool?> OptionalFlag = new()
    {
        Expected = "true or false",
        None = false,
        TryRead = static (JsonElement value, out bool? result) =>
        {
            var known = LenientJson.TryBoolean(value, out var flag);
            result = flag;
            return known;
        },
        Write = static (writer, value) => writer.WriteBooleanValue(value is true),
        Canonical = static value => value is true ? "1" : "0",
    };

    /// <summary>A flag that only the node sets.</summary>
    public static readonly JobValueFormat<bool?> Mark = OptionalFlag with { None = null };

    public static readonly JobValueFormat<double> Number = new()
    {
        Expected = "a number",
        TryRead = LenientJson.TryNumber,
        Write = static (writer, value) => writer.WriteNumberValue(value),
        Canonical = static value => LenientJson.Canonical(value),
        IsSet = static _ => true,
    };

    public static readonly JobValueFormat<double?> OptionalNumber = Optional(Number);

    /// <summary>A span in seconds; 0 means no limit.</summary>
    public static readonly JobValueFormat<double?> Span = OptionalNumber with
    {
        Expected = "a number of seconds, 0 or more",
        TryRead = static (JsonElement value, out double? result) => OptionalNumber.TryRead(value, out result) && result >= 0,
    };

    /// <summary>Seconds since 1970. The range keeps sums and comparisons exact enough for any input.</summary>
    public static readonly JobValueFormat<double> Time = Number with
    {
        Expected = "a time in seconds since 1970",
        TryRead = static (JsonElement value, out double result) => LenientJson.TryNumber(value, out result) && Math.Abs(result) < 1e11,
    };

    public static readonly JobValueFormat<double?> OptionalTime = Optional(Time);

    public static readonly JobValueFormat<double> RequestTime = Time with { IsSet = static value => value is not 0 };

    public static readonly JobValueFormat<int> Whole = new()
    {
        Expected = "a whole number",
        TryRead = LenientJson.TryInt32,
        Write = static (writer, value) => writer.WriteNumberValue(value),
        Canonical = static value => LenientJson.Canonical(value),
        IsSet = static _ => true,
    };

    public static readonly JobValueFormat<int?> OptionalWhole = Optional(Whole);

    /// <summary>A count of events; the range leaves room for increments.</summary>
    public static readonly JobValueFormat<int> Counter = Whole with
    {
        Expected = "a whole number from 0 to 1000000000",
        TryRead = static (JsonElement value, out int result) =>
            LenientJson.TryInt32(value, out result) && result is >= 0 and <= 1_000_000_000,
    };

    /// <summary>Like <see cref="Counter"/>, but omitted while it is 0.</summary>
    public static readonly JobValueFormat<int> Count = Counter with { IsSet = static value => value is not 0 };

    public static readonly JobValueFormat<int?> OptionalCount = OptionalWhole with
    {
        Expected = "a whole number, 0 or more",
        None = 0,
        TryRead = static (JsonElement value, out int? result) => OptionalWhole.TryRead(value, out result) && result >= 0,
    };

    public static readonly JobValueFormat<long> Sequence = new()
    {
        Expected = "a whole number",
        TryRead = static (JsonElement value, out long result) =>
        {
            var known = LenientJson.TryNumber(value, out var number) && Math.Abs(number) < 1L << 53;
            result = known ? (long)number : 0;
            return known;
        },
        Write = static (writer, value) => writer.WriteNumberValue(value),
        Canonical = static value => LenientJson.Canonical(value),
        IsSet = static _ => true,
    };

    public static readonly JobValueFormat<long?> Size = Optional(Sequence);

    /// <summary>A limit of memory in bytes, as a number or with a unit.</summary>
    public static readonly JobValueFormat<long?> Memory = Size with
    {
        Expected = "a size from 1 MB to 1024 TB, such as 100M or 1.5G",
        TryRead = static (JsonElement value, out long? result) =>
        {
            var known = LenientJson.TryString(value, out var text) & ByteSize.TryParse(text, out var bytes)
                && bytes is >= RunLimitRange.LeastMemory and <= RunLimitRange.MostMemory;
            result = known ? bytes : null;
            return known;
        },
    };

    /// <summary>A number of processors.</summary>
    public static readonly JobValueFormat<double?> Cpus = OptionalNumber with
    {
        Expected = "a number of processors from 0.01 to 10000, such as 2 or 0.5",
        TryRead = static (JsonElement value, out double? result) =>
            OptionalNumber.TryRead(value, out result) && result is >= RunLimitRange.LeastCpus and <= RunLimitRange.MostCpus,
    };

    /// <summary>Processor time in seconds.</summary>
    public static readonly JobValueFormat<double?> ProcessorTime = Span with { Expected = "a number of seconds" };

    private static JobValueFormat<T?> Optional<T>(JobValueFormat<T> format)
        where T : struct => new()
        {
            Expected = format.Expected,
            TryRead = (JsonElement value, out T? result) =>
            {
                var known = format.TryRead(value, out var read);
                result = read;
                return known;
            },
            Write = (writer, value) => format.Write(writer, value!.Value),
            Canonical = value => value is { } known ? format.Canonical(known) : null,
        };
}
