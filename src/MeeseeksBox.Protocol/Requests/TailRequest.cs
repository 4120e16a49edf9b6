using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"tail":{"id":"a","stream":"stdout","offset":0}}</c>: returns a part of the output of a job, also while it runs.</summary>
/// <param name="Id">The id of the job.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">The first byte of the part in the whole stream; a negative one counts from the end.</param>
/// <param name="Run">The run that the offset belongs to; null for the latest one.</param>
public sealed record TailRequest(string Id, OutputStream Stream, long Offset, int? Run) : Request
{
    // The largest integer that every JSON parser reads exactly.
    private const long Furthest = (1L << 53) - 1;

    /// <summary>Writes a line with this request, without its newline.</summary>
    /// <param name="output">Receives the line.</param>
    /// <param name="wait">How long the answer may be held.</param>
    public void WriteLine(IBufferWriter<byte> output, TimeSpan wait)
    {
        using var json = new Utf8JsonWriter(output, JsonFormat.Compact);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteStartObject("tail");
        json.WriteString("id", Id);
        json.WriteString("stream", OutputStreams.Word(Stream));
        json.WriteNumber("offset", Offset);
        if (Run is { } run)
            json.WriteNumber("run", run);

        json.WriteEndObject();
        if (wait > TimeSpan.Zero)
            json.WriteNumber("wait", wait.TotalSeconds);

        json.WriteEndObject();
        json.WriteEndArray();
    }

    internal static TailRequest? Read(JsonElement argument, out string? problem)
    {
        if (argument.ValueKind is not JsonValueKind.Object || !argument.TryGetProperty("id", out var name)
            || !LenientJson.TryString(name, out var id))
        {
            problem = $"{LenientJson.Show(argument)} names no job; it must be an object like {{\"id\":\"a\",\"offset\":0}}";
            return null;
        }

        var stream = OutputStream.Stdout;
        if (Value(argument, "stream") is { } word
            && !(LenientJson.TryString(word, out var text) && OutputStreams.TryParse(text, out stream)))
        {
            problem = $"stream: {LenientJson.Show(word)} is neither stdout nor stderr";
            return null;
        }

        var offset = 0d;
        if (Value(argument, "offset") is { } from
            && !(LenientJson.TryNumber(from, out offset) && offset == Math.Truncate(offset) && Math.Abs(offset) <= Furthest))
        {
            problem = $"offset: {LenientJson.Show(from)} is not a number of bytes";
            return null;
        }

        var run = 0;
        var ofRun = Value(argument, "run");
        if (ofRun is { } number && !LenientJson.TryInt32(number, out run))
        {
            problem = $"run: {LenientJson.Show(number)} is not the start_count of a job";
            return null;
        }

        problem = null;
        return new TailRequest(id, stream, (long)offset, ofRun is null ? null : run);
    }

    private static JsonElement? Value(JsonElement argument, string key) =>
        argument.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
}
