using System.Text;
using System.Text.Json;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client;

/// <summary>The answer to one request object. What stands under its keys is read when it is asked for, so that an answer of many jobs costs little.</summary>
/// <remarks>Sample: <c>{"submit":{"a":{…}},"warnings":["colour: not something that submit takes, ignored"]}</c>.</remarks>
public sealed class Response
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values = [];

    private Response()
    {
    }

    /// <summary>Why the box did not do what was asked; null when it did.</summary>
    public string? Error => Text("error");

    /// <summary>The code beside the error; null from an old peer.</summary>
    public string? Code => Text("code");

    /// <summary>What of the request was not followed, one text each.</summary>
    public IReadOnlyList<string> Warnings =>
        Find("warnings") is { } value && LenientJson.TryStrings(value, out var warnings) ? warnings : [];

    /// <summary>The number of change up to which the answer is complete; null from a peer that cannot wait.</summary>
    public long? Seq => Find("seq") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var seq) ? seq : null;

    /// <summary>The value under a key.</summary>
    /// <exception cref="MeeseeksRequestException">There is none; the box's words say why, where it sent some.</exception>
    public JsonElement this[string key] => Find(key) ?? throw Missing(key);

    /// <summary>The value under a key; null when there is none.</summary>
    public JsonElement? Find(string key) => _values.TryGetValue(key, out var value) ? JsonElement.Parse(value.Span) : null;

    /// <summary>The bytes of the value under a key: JSON in UTF-8.</summary>
    /// <exception cref="MeeseeksRequestException">There is none.</exception>
    public ReadOnlyMemory<byte> Bytes(string key) => _values.TryGetValue(key, out var value) ? value : throw Missing(key);

    /// <summary>The jobs of an object by ids, one after the other; those that are <c>false</c> are null.</summary>
    /// <exception cref="MeeseeksRequestException">There is no such object, or what stands in it is no job.</exception>
    public IEnumerable<KeyValuePair<string, Job?>> Jobs(string key)
    {
        foreach (var (id, bytes) in Members(Bytes(key)))
        {
            yield return KeyValuePair.Create(id, ReadJob(bytes.Span, id));
        }
    }

    /// <summary>The one job under a key; null when it is <c>false</c>.</summary>
    /// <exception cref="MeeseeksRequestException">There is none, or what stands there is no job.</exception>
    public Job? Job(string key) => ReadJob(Bytes(key).Span, id: null);

    /// <summary>The one job under a key, which the original sends without its id; null when it is <c>false</c> or <c>null</c>.</summary>
    /// <param name="key">The request.</param>
    /// <param name="id">The id that the request named.</param>
    /// <exception cref="MeeseeksRequestException">There is none, or what stands there is no job.</exception>
    public Job? Job(string key, string id) => ReadJob(Bytes(key).Span, id);

    /// <summary>Throws when the box did not do what was asked.</summary>
    /// <exception cref="MeeseeksRequestException">It did not.</exception>
    public Response EnsureSuccess() => Error is { } error ? throw new MeeseeksRequestException(error, Code) : this;

    /// <summary>Reads the line that answers a line with one request object.</summary>
    /// <exception cref="MeeseeksRequestException">It is no such answer.</exception>
    internal static Response Read(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span);
        try
        {
            if (reader.Read() && reader.TokenType is JsonTokenType.StartArray && reader.Read() && reader.TokenType is JsonTokenType.StartObject)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var response = new Response();
                foreach (var (key, value) in Members(line[start..(int)reader.BytesConsumed]))
                {
                    response._values[key] = value;
                }

                return response;
            }
        }
        catch (JsonException problem)
        {
            throw new MeeseeksRequestException($"the answer is not JSON ({problem.Message}); is it a meeseeks-box that listens there?");
        }

        throw new MeeseeksRequestException($"the answer is no list of one object but {Beginning(line)}; is it a meeseeks-box that listens there?");
    }

    /// <summary>The job that a kill of one id answers: alone, as this box sends it, or under its id, as the original does.</summary>
    internal Job? KilledJob(string id)
    {
        var value = this["kill"];
        var isMap = value.ValueKind is JsonValueKind.Object && value.GetPropertyCount() is 1 && value.TryGetProperty(id, out _);
        return isMap ? Jobs("kill").Single().Value : Job("kill", id);
    }

    /// <summary>The bytes of the members of an object under a key.</summary>
    internal IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> MembersOf(string key) => Members(Bytes(key));

    /// <summary>Reads a job; null when <c>false</c> or <c>null</c> stands in its place.</summary>
    /// <param name="bytes">The job as JSON.</param>
    /// <param name="id">The id that it stands under; null: it must hold its id itself.</param>
    internal static Job? ReadJob(ReadOnlySpan<byte> bytes, string? id)
    {
        var value = JsonElement.Parse(bytes);
        if (value.ValueKind is JsonValueKind.False or JsonValueKind.Null)
        {
            return null;
        }

        var isRead = id is null ? JobAttributes.TryRead(value, out var job, out var problem) : JobAttributes.TryRead(value, id, out job, out problem);
        return isRead
            ? job
            : throw new MeeseeksRequestException($"the answer holds a job that cannot be read: {problem}");
    }

    private static List<KeyValuePair<string, ReadOnlyMemory<byte>>> Members(ReadOnlyMemory<byte> json)
    {
        var members = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new MeeseeksRequestException($"the answer has no object where one is wanted but {Beginning(json)}");
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            _ = reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add(KeyValuePair.Create(key, json[start..(int)reader.BytesConsumed]));
        }

        return members;
    }

    private static string Beginning(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span[..Math.Min(json.Length, 60)]);

    private string? Text(string key) => Find(key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private MeeseeksRequestException Missing(string key) => new(Error ?? $"the answer has no '{key}'; the node does not know that request", Code);
}
