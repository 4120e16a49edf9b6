using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace MeeseeksBox.Protocol.Outputs;

/// <summary>A part of the output of a job: the answer to <c>tail</c> (docs/SPECIFICATION.md#tail).</summary>
/// <remarks>Sample: <c>{"data":"aGVsbG8K","offset":6,"ended":false,"run":1}</c>.</remarks>
public sealed record OutputPart
{
    /// <summary>The maximum number of bytes in a part.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>The output, at most <see cref="MostBytes"/>; empty when there is none after the requested offset.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The offset of the next request: the number of bytes of the stream up to the end of this part.</summary>
    public required long Offset { get; init; }

    /// <summary>The number of dropped bytes between the requested offset and the data.</summary>
    public long Missing { get; init; }

    /// <summary>True when the job has ended and the part reaches the end of its output.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The run of the job, by its <c>start_count</c>. Each run begins a new stream.</summary>
    public int Run { get; init; }

    /// <summary>True when the output of the job becomes available only at its end.</summary>
    public bool IsLate { get; init; }

    /// <summary>True when there is no news for the reader: neither output nor a gap nor the end.</summary>
    public bool IsEmpty => Data.IsEmpty && Missing is 0 && !HasEnded;

    /// <summary>Reads a part that a node sent.</summary>
    /// <param name="value">The value in place of the part.</param>
    /// <param name="part">The part.</param>
    /// <param name="problem">The error when the result is false.</param>
    public static bool TryRead(JsonElement value, [NotNullWhen(true)] out OutputPart? part, [NotNullWhen(false)] out string? problem)
    {
        part = null;
        problem = null;
        if (value.ValueKind is not JsonValueKind.Object)
        {
            problem = $"{LenientJson.Show(value)} is not a part of an output";
        }
        else if (!value.TryGetProperty("data", out var data) || data.ValueKind is not JsonValueKind.String
            || !data.TryGetBytesFromBase64(out var bytes) || bytes.Length > MostBytes)
        {
            problem = $"data: missing, or not base64 of at most {MostBytes} bytes";
        }
        else if (!TryReadCount(value, "offset", bytes.Length, out var offset))
        {
            problem = "offset: missing, or not a number of bytes that includes the data";
        }
        else
        {
            part = new OutputPart
            {
                Data = bytes,
                Offset = offset,
                Missing = TryReadCount(value, "missing", 0, out var missing) ? missing : 0,
                HasEnded = IsTrue(value, "ended"),
                Run = value.TryGetProperty("run", out var run) && LenientJson.TryInt32(run, out var number) ? number : 0,
                IsLate = IsTrue(value, "late"),
            };
        }

        return part is not null;
    }

    /// <summary>Writes the part.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBase64String("data", Data.Span);
        json.WriteNumber("offset", Offset);
        json.WriteBoolean("ended", HasEnded);
        json.WriteNumber("run", Run);
        if (Missing > 0)
            json.WriteNumber("missing", Missing);

        if (IsLate)
            json.WriteBoolean("late", true);

        json.WriteEndObject();
    }

    private static bool TryReadCount(JsonElement value, string key, long least, out long count)
    {
        count = 0;
        return value.TryGetProperty(key, out var number) && number.ValueKind is JsonValueKind.Number && number.TryGetInt64(out count)
            && count >= least;
    }

    private static bool IsTrue(JsonElement value, string key) =>
        value.TryGetProperty(key, out var flag) && flag.ValueKind is JsonValueKind.True;
}
