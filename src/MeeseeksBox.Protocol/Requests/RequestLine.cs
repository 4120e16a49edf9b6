using System.Buffers;
using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Requests;

/// <summary>One line from a client: a list of request objects (docs/SPECIFICATION.md#request-lines).</summary>
/// <remarks>
/// Sample: <c>[{"status":{}},{"submit":{"pool":"p1","args":["/bin/true"]}}]</c>. Every text of an accepted line is valid Unicode, so
/// it can be written again.
/// </remarks>
public sealed class RequestLine : IDisposable
{
    /// <summary>The maximum nesting: an attribute of a job is four levels down, as in <c>[{"sync":{"id":{…}}}]</c>.</summary>
    public const int DepthLimit = OpaqueValue.DepthLimit + 4;

    private readonly JsonDocument _document;

    private RequestLine(JsonDocument document)
    {
        _document = document;
    }

    /// <summary>The elements in order, to be read by <see cref="RequestObject.Read"/>; valid until the line is disposed.</summary>
    public IEnumerable<JsonElement> Elements => IsList ? _document.RootElement.EnumerateArray() : [_document.RootElement];

    /// <summary>The number of elements, which is also that of the answer.</summary>
    public int Count => IsList ? _document.RootElement.GetArrayLength() : 1;

    /// <summary>Whether an element has a property.</summary>
    public bool Any(Func<JsonElement, bool> property)
    {
        if (!IsList)
            return property(_document.RootElement);

        foreach (var element in _document.RootElement.EnumerateArray())
        {
            if (property(element))
                return true;
        }

        return false;
    }

    private bool IsList => _document.RootElement.ValueKind is JsonValueKind.Array;

    /// <summary>Reads a line.</summary>
    /// <param name="line">
    /// The bytes without the newline. A single segment is not copied, so it must not change before the result is disposed.
    /// </param>
    /// <param name="problem">Why the line is rejected; null when it is accepted.</param>
    /// <param name="depth">The maximum nesting of lists and objects, at most <see cref="DepthLimit"/>.</param>
    /// <returns>The line, which the caller disposes; null when it is rejected.</returns>
    public static RequestLine? Parse(ReadOnlySequence<byte> line, out string? problem, int depth = DepthLimit)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = depth });
        }
        catch (JsonException)
        {
            // Only a rejected line pays for the copy into one segment.
            var bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
            var fault = JsonSyntaxError.Find(bytes, new JsonReaderOptions { MaxDepth = depth });
            problem = $"not JSON: character {fault.Column}: {fault.Text}";
            return null;
        }

        problem = Fault(document.RootElement);
        if (problem is null)
            return new RequestLine(document);

        document.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static string? Fault(JsonElement root)
    {
        if (!JsonTextValidation.IsValid(root))
            return JsonTextValidation.Problem;

        return root.ValueKind is JsonValueKind.Array or JsonValueKind.Object
            ? null
            : $"{LenientJson.Show(root)} is not a list of requests; send one like [{{\"status\":{{}}}}]";
    }
}
