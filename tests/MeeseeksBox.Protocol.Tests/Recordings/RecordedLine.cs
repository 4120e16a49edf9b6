using System.Text.Json;

namespace MeeseeksBox.Protocol.Tests.Recordings;

/// <summary>One line of a recording.</summary>
/// <param name="T">When it was sent, in seconds since the recording began.</param>
/// <param name="From">Who sent it: <c>upstream</c> (who asks: a client, a head) or <c>downstream</c> (who answers).</param>
/// <param name="Text">The line without its newline, as it went over the wire.</param>
/// <param name="Json">The same as JSON; null when it is none.</param>
public sealed record RecordedLine(double T, string From, string Text, JsonElement? Json)
{
    /// <summary>True for a question, false for the answer to the one before it.</summary>
    public bool IsRequest => From is "upstream";
}
