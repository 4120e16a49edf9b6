using System.Text.Json;

namespace MeeseeksBox.Protocol.Tests.Recordings;

/// <summary>One line of a recording.</summary>
/// <param name="T">The time in seconds since the start of the recording.</param>
/// <param name="From">The sender: <c>upstream</c> (a client or a head, which sends requests) or <c>downstream</c>.</param>
/// <param name="Text">The line as it was sent, without its newline.</param>
/// <param name="Json">The line as JSON; null when it is not JSON.</param>
public sealed record RecordedLine(double T, string From, string Text, JsonElement? Json)
{
    /// <summary>True for a request, false for the answer to the previous request.</summary>
    public bool IsRequest => From is "upstream";
}
