using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Protocol.Requests;

/// <summary><c>{"kill":"id"}</c>, <c>{"kill":["a","b"]}</c> or <c>{"kill":{"tag":"t1"}}</c>: kills jobs.</summary>
/// <remarks>With <c>"signal":"USR1"</c> beside it, it only sends that signal to their processes.</remarks>
/// <param name="Id">The single id, if one was given; the answer is then that job and not an object of jobs.</param>
/// <param name="Filter">The jobs to kill; an empty filter kills none.</param>
public sealed record KillRequest(string? Id, JobFilter Filter) : Request
{
    /// <summary>The key beside the request, and in the answer to one that only sends a signal.</summary>
    public const string SignalKey = "signal";

    /// <summary>The signal to send instead of a kill; null for a kill.</summary>
    public Signal? Signal { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => Filter.Warnings;

    /// <summary>Writes a line that sends a signal to some jobs, without its newline.</summary>
    public static void WriteSignal(IBufferWriter<byte> output, IEnumerable<string> ids, Signal signal)
    {
        using var json = new Utf8JsonWriter(output, JsonFormat.Compact);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteStartArray("kill");
        foreach (var id in ids)
            json.WriteStringValue(id);

        json.WriteEndArray();
        json.WriteNumber(SignalKey, signal.Number);
        json.WriteStartObject("options");
        json.WriteStartArray("attributes");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
