using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Json;

namespace MeeseeksBox.Protocol.Requests;

/// <summary>One line that a client sent: a list of request objects (docs/SPECIFICATION.md#request-lines).</summary>
/// <remarks>
/// Sample: <c>[{"status":{}},{"submit":{"pool":"p1","args":["/bin/true"]}}]</c>. Every text in a line that was accepted is valid Unicode, so
/// whatever is read from it can be written again.
/// </remarks>
public sealed class RequestLine : IDisposable
{
    /// <summary>How deep lists and objects may stand in each other: a job is four levels down, as in <c>[{"sync":{"id":{…}}}]</c>.</summary>
    public const int DepthLimit = OpaqueValue.DepthLimit + 4;

    private readonly JsonDocument _document;

    private RequestLine(JsonDocument document)
    {
        _document = document;
    }

    /// <summary>The elements in their order, each to be read by <see cref="RequestObject.Read"/>; valid until the line is disposed.</summary>
    public IEnumerable<JsonElement> Elements => IsList ? _document.RootElement.EnumerateArray() : [_document.RootElement];

    /// <summary>How many elements there are, and so how many the answer must have.</summary>
    public int Count => IsList ? _document.RootElement.GetArrayLength() : 1;

    private bool IsList => _document.RootElement.ValueKind is JsonValueKind.Array;

    /// <summary>Reads a line.</summary>
    /// <param name="line">
    /// Its bytes without the newline. They are not copied where they lie in one piece: they must stay as they are until the result is disposed.
    /// </param>
    /// <param name="problem">Why the whole line is refused, in plain words; null when it is not.</param>
    /// <returns>The line, to be disposed; null when it is refused.</returns>
    /// <param name="depth">How deep lists and objects may stand in each other, at most <see cref="DepthLimit"/>.</param>
    public static RequestLine? Parse(ReadOnlySequence<byte> line, out string? problem, int depth = DepthLimit)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = depth });
        }
        catch (JsonException)
        {
            // In one piece, which only a line that is refused costs.
            var fault = JsonSyntaxError.Find(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), new JsonReaderOptions { MaxDepth = depth });
            problem = $"not JSON: character {fault.Column}: {fault.Text}";
            return null;
        }

        problem = Fault(document.RootElement);
        if (problem is null)
        {
            return new RequestLine(document);
        }

        document.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static string? Fault(JsonElement root)
    {
        if (!JsonTextValidation.IsValid(root))
        {
            return JsonTextValidation.Problem;
        }

        return root.ValueKind is JsonValueKind.Array or JsonValueKind.Object
            ? null
            : $"{LenientJson.Show(root)} is not a list of requests; send one like [{{\"status\":{{}}}}]";
    }
}
