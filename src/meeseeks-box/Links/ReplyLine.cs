using System.Text.Json;
using MeeseeksBox.Foundation.Json;

namespace MeeseeksBox.Agent.Links;

/// <summary>The form of each line of a peer: a list of one object.</summary>
internal static class ReplyLine
{
    private const string WrongForm = "not a meeseeks-box: the reply is not a list of one object";

    /// <summary>The object of a line whose names and texts are valid.</summary>
    /// <exception cref="LinkException">The line has another form, or a text that is not valid Unicode.</exception>
    public static JsonElement ObjectOf(JsonElement line) => !JsonTextValidation.IsValid(line)
        ? throw new LinkException($"unreadable reply: {JsonTextValidation.Problem}")
        : UncheckedObjectOf(line);

    /// <summary>The object of a line, any name or text of which may be invalid.</summary>
    /// <exception cref="LinkException">The line has another form.</exception>
    public static JsonElement UncheckedObjectOf(JsonElement line) =>
        line.ValueKind is JsonValueKind.Array && line.GetArrayLength() is 1 && line[0] is { ValueKind: JsonValueKind.Object } reply
            ? reply
            : throw new LinkException(WrongForm);
}
