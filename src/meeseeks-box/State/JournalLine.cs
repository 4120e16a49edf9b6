using System.Text.Json;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>One line of the journal: a changed job, a removed job, or the end of a run.</summary>
/// <remarks>
/// Exactly one of the three is set. Samples, without the checksum (<see cref="JournalChecksum"/>): <c>{"job":{"id":"a",…}}</c>,
/// <c>{"gone":"a"}</c>, <c>{"ended":{"id":"a",…}}</c>.
/// </remarks>
internal readonly record struct JournalLine
{
    /// <summary>The new copy of a changed job.</summary>
    public Job? Changed { get; init; }

    /// <summary>The id of a removed job.</summary>
    public string? Gone { get; init; }

    /// <summary>A job at the end of a run, for the history.</summary>
    public Job? Ended { get; init; }

    /// <summary>The id of the job that was changed or removed; null for the end of a run.</summary>
    public string? Id => Changed?.Id ?? Gone;

    /// <summary>Reads a line, however damaged it is.</summary>
    /// <param name="text">The bytes of the line, without the newline.</param>
    /// <param name="outputs">Has the outputs that the line refers to.</param>
    /// <param name="line">The parsed line.</param>
    /// <param name="problem">The error when the result is false.</param>
    public static bool TryRead(ReadOnlyMemory<byte> text, OutputStore outputs, out JournalLine line, out string? problem)
    {
        line = default;
        var hasChecksum = JournalChecksum.IsIn(text.Span, out var isRight);
        if (hasChecksum && !isRight)
        {
            problem = "its checksum is wrong";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (!JsonTextValidation.IsValid(text.Span))
            {
                problem = "it is not valid Unicode";
                return false;
            }

            problem = "not a journal line";
            if (document.RootElement.ValueKind is not JsonValueKind.Object
                || document.RootElement.EnumerateObject().ToArray() is not [var only, ..] members
                || members.Length != (hasChecksum ? 2 : 1))
            {
                return false;
            }

            switch (only.Name)
            {
                case "gone" when LenientJson.TryString(only.Value, out var id):
                    line = new JournalLine { Gone = id };
                    return true;
                case "job" when JobAttributes.TryRead(only.Value, out var job, out problem):
                    line = new JournalLine { Changed = JobAttributes.WithOutputs(job, only.Value, outputs.Find) };
                    return true;
                case "ended" when JobAttributes.TryRead(only.Value, out var job, out problem):
                    line = new JournalLine { Ended = JobAttributes.WithOutputs(job, only.Value, outputs.Find) };
                    return true;
                default:
                    return false;
            }
        }
        catch (JsonException)
        {
            var error = JsonSyntaxError.Find(text.Span, default);
            problem = $"not JSON: column {error.Column}: {error.Text}";
            return false;
        }
    }

    /// <summary>Appends the line, with its checksum and its newline.</summary>
    /// <param name="lines">The buffer of lines.</param>
    /// <param name="json">A writer to it.</param>
    public void Append(MemoryStream lines, Utf8JsonWriter json)
    {
        var start = lines.Length;
        Write(json);
        json.Flush();
        json.Reset();
        JournalChecksum.Add(lines, start);
        lines.WriteByte((byte)'\n');
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Gone is not null)
        {
            json.WriteString("gone", Gone);
        }
        else
        {
            json.WritePropertyName(Ended is null ? "job" : "ended");
            JobAttributes.Write(json, (Ended ?? Changed)!, OutputForm.Reference);
        }

        json.WriteEndObject();
    }
}
