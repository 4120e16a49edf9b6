using System.Collections.Immutable;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The formats of list and object attributes.</summary>
internal static class JobCompoundFormats
{
    private const int MostStamps = 100;

    public static readonly JobValueFormat<string[]> Texts = new()
    {
        Expected = "a list of texts",
        None = [],
        TryRead = LenientJson.TryStrings,
        Write = static (writer, value) => WriteTexts(writer, value),
        Canonical = static value => string.Join(' ', value),
        AreSame = static (one, other) => one.AsSpan().SequenceEqual(other),
        IsSet = static _ => true,
    };

    public static readonly JobValueFormat<string[]?> OptionalTexts = new()
    {
        Expected = "a list of texts",
        TryRead = static (JsonElement value, out string[]? result) => LenientJson.TryStrings(value, out result!),
        Write = static (writer, value) => WriteTexts(writer, value!),
        Canonical = static value => value is null ? null : string.Join(' ', value),
        AreSame = static (one, other) => (one is null) == (other is null) && one.AsSpan().SequenceEqual(other),
    };

    /// <summary>Any object, kept unchanged.</summary>
    public static readonly JobValueFormat<JsonElement?> Object = new()
    {
        Expected = $"an object, {OpaqueValue.Expected}",
        TryRead = static (JsonElement value, out JsonElement? result) =>
        {
            result = value.ValueKind is JsonValueKind.Object && OpaqueValue.TryKeep(value, out var kept) ? kept : null;
            return result is not null;
        },
        Write = static (writer, value) => LosslessJson.Write(writer, value!.Value),
        Canonical = static value => value?.GetRawText(),
        AreSame = static (one, other) => (one, other) switch
        {
            ({ } some, { } others) => LosslessJson.AreSame(some, others),
            _ => one is null && other is null,
        },
    };

    /// <summary>Names of variables and their values.</summary>
    public static readonly JobValueFormat<ImmutableSortedDictionary<string, string>?> Variables = new()
    {
        Expected = "an object of texts, with names that are not empty and contain no '=', and without NUL characters",
        TryRead = TryReadVariables,
        Write = static (writer, value) =>
        {
            writer.WriteStartObject();
            foreach (var (name, text) in value!)
                writer.WriteString(name, text);

            writer.WriteEndObject();
        },
        Canonical = static value => value is null ? null : string.Join(' ', value.Select(pair => $"{pair.Key}={pair.Value}")),
        AreSame = static (one, other) => one is null || other is null ? one == other : one.SequenceEqual(other),
    };

    /// <summary>Names of attributes and times.</summary>
    public static readonly JobValueFormat<ImmutableSortedDictionary<string, double>?> Stamps = new()
    {
        Expected = $"an object of at most {MostStamps} times",
        TryRead = TryReadStamps,
        Write = static (writer, value) =>
        {
            writer.WriteStartObject();
            foreach (var (name, time) in value!)
                writer.WriteNumber(name, time);

            writer.WriteEndObject();
        },
        Canonical = static value =>
            value is null ? null : string.Join(' ', value.Select(pair => $"{pair.Key}={LenientJson.Canonical(pair.Value)}")),
    };

    /// <summary>Numbers of bytes read and written.</summary>
    public static readonly JobValueFormat<IoUsage?> Io = new()
    {
        Expected = "an object with the numbers read and write",
        TryRead = TryReadIo,
        Write = static (writer, value) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("read", value!.Value.Read);
            writer.WriteNumber("write", value.Value.Write);
            writer.WriteEndObject();
        },
        Canonical = static value => value is var (read, write) ? $"read={read} write={write}" : null,
    };

    internal static void WriteTexts(Utf8JsonWriter writer, string[] texts)
    {
        writer.WriteStartArray();
        foreach (var text in texts)
            writer.WriteStringValue(text);

        writer.WriteEndArray();
    }

    private static bool TryReadIo(JsonElement value, out IoUsage? result)
    {
        result = null;
        if (value.ValueKind is not JsonValueKind.Object)
            return false;

        if (!TryReadBytes(value, "read", out var read) || !TryReadBytes(value, "write", out var written))
            return false;

        result = new IoUsage(read, written);
        return true;
    }

    private static bool TryReadBytes(JsonElement value, string name, out long bytes)
    {
        bytes = 0;
        return !value.TryGetProperty(name, out var number) || JobFormats.Sequence.TryRead(number, out bytes);
    }

    private static bool TryReadStamps(JsonElement value, out ImmutableSortedDictionary<string, double>? result)
    {
        result = null;
        if (value.ValueKind is not JsonValueKind.Object || value.GetPropertyCount() > MostStamps)
            return false;

        var stamps = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!JobFormats.Time.TryRead(property.Value, out var time))
                return false;

            stamps[property.Name] = time;
        }

        result = stamps.Count is 0 ? null : stamps.ToImmutable();
        return true;
    }

    private static bool TryReadVariables(JsonElement value, out ImmutableSortedDictionary<string, string>? result)
    {
        result = null;
        if (value.ValueKind is not JsonValueKind.Object)
            return false;

        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (property.Name.Length is 0
                || property.Name.AsSpan().ContainsAny('=', '\0')
                || !LenientJson.TryString(property.Value, out var text)
                || text.Contains('\0'))
            {
                return false;
            }

            variables[property.Name] = text;
        }

        result = variables.ToImmutable();
        return true;
    }
}
