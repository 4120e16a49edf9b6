using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Client;

/// <summary>The answer to one request object. Values are parsed on access, which keeps answers with many jobs cheap.</summary>
/// <remarks>Sample: <c>{"submit":{"a":{…}},"warnings":["colour: not something that submit takes, ignored"]}</c>.</remarks>
public sealed class Response
{
    private const int LongestBeginning = 60;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values = [];

    private Response()
    {
    }

    /// <summary>The error text; null if the request succeeded.</summary>
    public string? Error => Text("error");

    /// <summary>The error code; null from a legacy node.</summary>
    public string? Code => Text("code");

    /// <summary>The parts of the request that were not followed, one text each.</summary>
    public IReadOnlyList<string> Warnings =>
        Find("warnings") is { } value && LenientJson.TryStrings(value, out var warnings) ? warnings : [];

    /// <summary>The number of change up to which the answer is complete; null from a node without long polls.</summary>
    public long? Seq => Find("seq") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var seq) ? seq : null;

    /// <summary>The value under a key.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing; the message is the error of the answer, if there is one.</exception>
    public JsonElement this[string key] => Find(key) ?? throw Missing(key);

    /// <summary>The value under a key; null if the key is missing.</summary>
    public JsonElement? Find(string key) => _values.TryGetValue(key, out var value) ? JsonElement.Parse(value.Span) : null;

    /// <summary>The object under a key.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing, or the value is not an object.</exception>
    public JsonElement ObjectOf(string key) =>
        this[key] is { ValueKind: JsonValueKind.Object } value
            ? value
            : throw new MeeseeksRequestException($"{key}: the answer is not an object but {Beginning(Bytes(key))}");

    /// <summary>The nodes under the key <c>nodes</c>, by name.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing, or the value cannot be read.</exception>
    public IReadOnlyDictionary<string, NodeStatus> Nodes()
    {
        var nodes = new Dictionary<string, NodeStatus>();
        foreach (var node in ObjectOf("nodes").EnumerateObject())
        {
            nodes[node.Name] = NodeStatus.TryRead(node.Value, out var status, out var problem)
                ? status
                : throw new MeeseeksRequestException($"nodes: the answer cannot be read: {SingleLine.Of(node.Name)}: {problem}");
        }

        return nodes;
    }

    /// <summary>The free slots under the key <c>pools</c>, by pool and node.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing, or the value cannot be read.</exception>
    public IReadOnlyDictionary<string, Dictionary<string, SlotCount>> Pools()
    {
        try
        {
            return ObjectOf("pools").Deserialize(WireContext.Default.DictionaryStringDictionaryStringSlotCount) is { } pools
                && !pools.ContainsValue(null!)
                    ? pools
                    : throw new MeeseeksRequestException("pools: the answer cannot be read: the nodes of a pool are null");
        }
        catch (JsonException)
        {
            throw new MeeseeksRequestException($"pools: the answer cannot be read: {Beginning(Bytes("pools"))}");
        }
    }

    /// <summary>The jobs of an object by id, parsed one by one; <c>false</c> becomes null.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing, or a value is not a job.</exception>
    public IEnumerable<KeyValuePair<string, Job?>> Jobs(string key)
    {
        foreach (var (id, bytes) in Members(Bytes(key)))
            yield return KeyValuePair.Create(id, ReadJob(bytes.Span, id));
    }

    /// <summary>The single job under a key; null if the value is <c>false</c>.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing, or the value is not a job.</exception>
    public Job? Job(string key) => ReadJob(Bytes(key).Span, id: null);

    /// <summary>The single job under a key; null if the value is <c>false</c> or <c>null</c>.</summary>
    /// <remarks>A legacy node sends the job without its id.</remarks>
    /// <param name="key">The request.</param>
    /// <param name="id">The id of the job.</param>
    /// <exception cref="MeeseeksRequestException">The key is missing, or the value is not a job.</exception>
    public Job? Job(string key, string id) => ReadJob(Bytes(key).Span, id);

    /// <summary>Returns this answer, or throws if the box rejected the request.</summary>
    /// <exception cref="MeeseeksRequestException">The answer has an error.</exception>
    public Response EnsureSuccess() => Error is { } error ? throw new MeeseeksRequestException(error, Code) : this;

    /// <summary>Parses the answer to a line with one request object.</summary>
    /// <exception cref="MeeseeksRequestException">The line is not a list with one object.</exception>
    internal static Response Read(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span);
        try
        {
            if (reader.Read() && reader.TokenType is JsonTokenType.StartArray
                && reader.Read() && reader.TokenType is JsonTokenType.StartObject)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var response = new Response();
                var json = line[start..(int)reader.BytesConsumed];
                if (!JsonTextValidation.IsValid(json.Span))
                    throw new MeeseeksRequestException($"the answer cannot be read: {JsonTextValidation.Problem}");

                foreach (var (key, value) in Members(json))
                    response._values[key] = value;

                return response;
            }
        }
        catch (JsonException)
        {
            throw NotFromBox(line);
        }

        throw NotFromBox(line);
    }

    /// <summary>The error for a line that no box sends, such as one of the page of a web server.</summary>
    internal static MeeseeksRequestException NotFromBox(ReadOnlyMemory<byte> line) => new(
        $"something other than a meeseeks-box answers there, with '{Beginning(line)}{(line.Length > LongestBeginning ? "..." : "")}'; "
        + "check the address and the port");

    /// <summary>The job in the answer to a kill of one id.</summary>
    /// <remarks>meeseeks-box sends the job alone, a legacy node under its id.</remarks>
    internal Job? KilledJob(string id)
    {
        var value = this["kill"];
        var isMap = value.ValueKind is JsonValueKind.Object && value.GetPropertyCount() is 1 && value.TryGetProperty(id, out _);
        return isMap ? Jobs("kill").Single().Value : Job("kill", id);
    }

    /// <summary>The part of an output.</summary>
    /// <exception cref="MeeseeksRequestException">The key is missing, or the value is not such a part.</exception>
    internal OutputPart Output() => OutputPart.TryRead(this["tail"], out var part, out var problem)
        ? part
        : throw new MeeseeksRequestException($"tail: the answer cannot be read: {problem}");

    /// <summary>The members of the object under a key, as JSON.</summary>
    internal IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> MembersOf(string key) => Members(Bytes(key));

    /// <summary>Parses a job; <c>false</c> and <c>null</c> become null.</summary>
    /// <param name="bytes">The job as JSON.</param>
    /// <param name="id">The key of the job in the answer; null: the job must contain its id.</param>
    internal static Job? ReadJob(ReadOnlySpan<byte> bytes, string? id)
    {
        var value = JsonElement.Parse(bytes);
        if (value.ValueKind is JsonValueKind.False or JsonValueKind.Null)
            return null;

        var isRead = id is null
            ? JobAttributes.TryRead(value, out var job, out var problem)
            : JobAttributes.TryRead(value, id, out job, out problem);
        return isRead
            ? job
            : throw new MeeseeksRequestException($"the answer holds a job that cannot be read: {problem}");
    }

    private static List<KeyValuePair<string, ReadOnlyMemory<byte>>> Members(ReadOnlyMemory<byte> json)
    {
        var members = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            throw new MeeseeksRequestException($"the answer has no object where one is expected but {Beginning(json)}");

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

    private static string Beginning(ReadOnlyMemory<byte> json) => ByteText.Show(json.Span[..Math.Min(json.Length, LongestBeginning)]);

    private string? Text(string key) => Find(key) is { ValueKind: JsonValueKind.String } value ? LosslessJson.Of(value) : null;

    private MeeseeksRequestException Missing(string key) =>
        new(Error ?? $"the answer has no '{key}'; the node does not support that request", Code);

    private ReadOnlyMemory<byte> Bytes(string key) => _values.TryGetValue(key, out var value) ? value : throw Missing(key);
}
