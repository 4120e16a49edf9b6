using System.Text.Json;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>One line of the journal: a job that changed, a job that left, or the end of a run. One of the three is set.</summary>
/// <remarks>Samples: <c>{"job":{"id":"a",…}}</c>, <c>{"gone":"a"}</c>, <c>{"ended":{"id":"a",…}}</c>.</remarks>
internal readonly record struct JournalLine
{
    /// <summary>A job as it is now.</summary>
    public Job? Changed { get; init; }

    /// <summary>The id of a job that is no more.</summary>
    public string? Gone { get; init; }

    /// <summary>A job as it ended, for the history.</summary>
    public Job? Ended { get; init; }

    /// <summary>Reads a line.</summary>
    /// <param name="text">Its bytes, without the newline.</param>
    /// <param name="line">What stands there.</param>
    /// <param name="problem">What is wrong, when the answer is false.</param>
    public static bool TryRead(ReadOnlyMemory<byte> text, out JournalLine line, out string? problem)
    {
        line = default;
        problem = "it is no line of a journal";
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind is not JsonValueKind.Object || document.RootElement.EnumerateObject().ToArray() is not [var only])
            {
                return false;
            }

            switch (only.Name)
            {
                case "gone" when LenientJson.TryString(only.Value, out var id):
                    line = new JournalLine { Gone = id };
                    return true;
                case "job" when JobAttributes.TryRead(only.Value, out var job, out problem):
                    line = new JournalLine { Changed = job };
                    return true;
                case "ended" when JobAttributes.TryRead(only.Value, out var job, out problem):
                    line = new JournalLine { Ended = job };
                    return true;
                default:
                    return false;
            }
        }
        catch (JsonException fault)
        {
            problem = fault.Message;
            return false;
        }
    }

    /// <summary>Writes the line, but for its newline.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Gone is not null)
        {
            json.WriteString("gone", Gone);
        }
        else
        {
            json.WritePropertyName(Ended is null ? "job" : "ended");
            JobAttributes.Write(json, (Ended ?? Changed)!);
        }

        json.WriteEndObject();
    }
}
