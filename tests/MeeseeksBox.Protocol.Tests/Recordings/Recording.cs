using System.Text.Json;

namespace MeeseeksBox.Protocol.Tests.Recordings;

/// <summary>
/// What two old peers said to each other over one connection. Depends on nothing of ours, so that other test projects can compile it too,
/// beside the recordings themselves.
/// </summary>
public sealed class Recording
{
    private Recording(string name, IReadOnlyList<RecordedLine> lines)
    {
        Name = name;
        Lines = lines;
    }

    /// <summary>A person and a client of that time, talking to a head.</summary>
    public static Recording ClientToHead { get; } = Read("client-to-head");

    /// <summary>That head, syncing with its node.</summary>
    public static Recording HeadToNode { get; } = Read("head-to-node");

    /// <summary>Heads of each version, syncing with a node of theirs.</summary>
    public static IReadOnlyList<Recording> Heads { get; } = [HeadToNode, .. Read("head-to-node", "2020-01", "2020-12", "2022-02")];

    /// <summary>Clients of each version that keep jobs themselves: the cached client, job objects, and the watcher.</summary>
    public static IReadOnlyList<Recording> Clients { get; } =
    [
        .. Read("cached-client-to-node", "2020-01", "2020-12", "2022-02"),
        .. Read("job-object-to-node", "2020-01", "2020-12", "2022-02"),
        .. Read("watch-to-node", "2020-01", "2022-02"),
    ];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Recording> All => [ClientToHead, .. Heads, .. Clients];

    /// <summary>State files as each version wrote them, by their names.</summary>
    public static IReadOnlyDictionary<string, string> StateFiles { get; } = Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Recordings"), "*.state.json", SearchOption.AllDirectories)
        .ToDictionary(path => Path.Combine(Path.GetFileName(Path.GetDirectoryName(path))!, Path.GetFileName(path)), File.ReadAllText);

    /// <summary>Its file's name without the extension.</summary>
    public string Name { get; }

    /// <summary>Every line, in the order of time.</summary>
    public IReadOnlyList<RecordedLine> Lines { get; }

    /// <summary>The objects that were asked and answered, pair by pair, of a recording in which each line is a list of one.</summary>
    /// <param name="change">Is made to the text of each line first; null for none.</param>
    public IReadOnlyList<(JsonElement Question, JsonElement Answer)> Exchanges(Func<string, string>? change = null)
    {
        // Two lines of one moment may stand in either order.
        var objects = Lines.Where(line => line.Json is { ValueKind: JsonValueKind.Array } json && json.GetArrayLength() is 1)
            .ToLookup(line => line.IsRequest, line => JsonElement.Parse(change is null ? line.Text : change(line.Text))[0]);
        return [.. objects[true].Zip(objects[false])];
    }

    /// <summary>The jobs in all lines, as they travelled: what is under an id in <c>submit</c>, <c>get</c>, <c>kill</c>, <c>sync</c>, or under <c>job</c>.</summary>
    public IEnumerable<JsonElement> Jobs => Values("submit", "get", "kill", "sync").SelectMany(Members).Concat(Values("job"))
        .Where(value => value.ValueKind is JsonValueKind.Object && value.TryGetProperty("submit_ts", out _));

    /// <summary>The same with the ids that they stand under, where it is an object by id.</summary>
    public IEnumerable<JsonProperty> JobsById => Values("submit", "get", "kill", "sync")
        .SelectMany(value => value.ValueKind is JsonValueKind.Object ? value.EnumerateObject() : Enumerable.Empty<JsonProperty>())
        .Where(job => job.Value.ValueKind is JsonValueKind.Object && job.Value.TryGetProperty("submit_ts", out _));

    /// <summary>Each status of a node in all lines.</summary>
    public IEnumerable<JsonElement> NodeStatuses => Values("nodes").SelectMany(Members);

    /// <summary>Each answer of free slots by pool and node.</summary>
    public IEnumerable<JsonElement> Pools => Values("pools").Where(pools => pools.EnumerateObject().Any());

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IEnumerable<JsonElement> Members(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object ? value.EnumerateObject().Select(property => property.Value) : [];

    private IEnumerable<JsonElement> Values(params string[] keys) =>
        from line in Lines
        where line.Json is { ValueKind: JsonValueKind.Array }
        from element in line.Json!.Value.EnumerateArray()
        where element.ValueKind is JsonValueKind.Object
        from property in element.EnumerateObject()
        where keys.Contains(property.Name)
        select property.Value;

    private static IEnumerable<Recording> Read(string name, params string[] versions) => versions.Select(version => Read($"{version}/{name}"));

    private static Recording Read(string name) =>
        new(name, [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Recordings", $"{name}.jsonl")).Select(ReadLine)]);

    private static RecordedLine ReadLine(string text)
    {
        var record = JsonElement.Parse(text);
        var line = record.GetProperty("line");

        // What was no JSON when it was sent is kept as a text.
        var json = line.ValueKind is JsonValueKind.String ? default(JsonElement?) : line;
        return new RecordedLine(
            record.GetProperty("t").GetDouble(), record.GetProperty("from").GetString()!, json is null ? line.GetString()! : line.GetRawText(), json);
    }
}
