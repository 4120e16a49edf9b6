using System.Text.Json;

namespace MeeseeksBox.Protocol.Tests.Recordings;

/// <summary>The recorded lines of one connection between two legacy peers.</summary>
/// <remarks>The class depends on no product code, so that other test projects can compile it too, with the recordings.</remarks>
public sealed class Recording
{
    private Recording(string name, IReadOnlyList<RecordedLine> lines)
    {
        Name = name;
        Lines = lines;
    }

    /// <summary>Requests of a person and of a legacy client to a head.</summary>
    public static Recording ClientToHead { get; } = Read("client-to-head");

    /// <summary>The sync of that head with its node.</summary>
    public static Recording HeadToNode { get; } = Read("head-to-node");

    /// <summary>The sync of a head of each version with its node.</summary>
    public static IReadOnlyList<Recording> Heads { get; } = [HeadToNode, .. Read("head-to-node", "2020-01", "2020-12", "2022-02")];

    /// <summary>Clients of each version that store jobs: the cached client, job objects, and the watcher.</summary>
    public static IReadOnlyList<Recording> Clients { get; } =
    [
        .. Read("cached-client-to-node", "2020-01", "2020-12", "2022-02"),
        .. Read("job-object-to-node", "2020-01", "2020-12", "2022-02"),
        .. Read("watch-to-node", "2020-01", "2022-02"),
    ];

    /// <summary>All recordings.</summary>
    public static IReadOnlyList<Recording> All => [ClientToHead, .. Heads, .. Clients];

    /// <summary>The state files of each version, by name.</summary>
    public static IReadOnlyDictionary<string, string> StateFiles { get; } = Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Recordings"), "*.state.json", SearchOption.AllDirectories)
        .ToDictionary(path => Path.Combine(Path.GetFileName(Path.GetDirectoryName(path))!, Path.GetFileName(path)), File.ReadAllText);

    /// <summary>The file name without the extension.</summary>
    public string Name { get; }

    /// <summary>All lines, in the order of time.</summary>
    public IReadOnlyList<RecordedLine> Lines { get; }

    /// <summary>The pairs of request and answer objects, for a recording whose lines are lists of one object.</summary>
    /// <param name="change">Changes the text of each line first; null for no change.</param>
    public IReadOnlyList<(JsonElement Question, JsonElement Answer)> Exchanges(Func<string, string>? change = null)
    {
        // Two lines with the same time may be in either order.
        var objects = Lines.Where(line => line.Json is { ValueKind: JsonValueKind.Array } json && json.GetArrayLength() is 1)
            .ToLookup(line => line.IsRequest, line => JsonElement.Parse(change is null ? line.Text : change(line.Text))[0]);
        return [.. objects[true].Zip(objects[false])];
    }

    /// <summary>The jobs in all lines: in <c>submit</c>, <c>get</c>, <c>kill</c>, <c>sync</c> by id, and in <c>job</c>.</summary>
    public IEnumerable<JsonElement> Jobs => Values("submit", "get", "kill", "sync").SelectMany(Members).Concat(Values("job"))
        .Where(value => value.ValueKind is JsonValueKind.Object && value.TryGetProperty("submit_ts", out _));

    /// <summary>The jobs in objects by id, with their ids.</summary>
    public IEnumerable<JsonProperty> JobsById => Values("submit", "get", "kill", "sync")
        .SelectMany(value => value.ValueKind is JsonValueKind.Object ? value.EnumerateObject() : Enumerable.Empty<JsonProperty>())
        .Where(job => job.Value.ValueKind is JsonValueKind.Object && job.Value.TryGetProperty("submit_ts", out _));

    /// <summary>The status of each node in all lines.</summary>
    public IEnumerable<JsonElement> NodeStatuses => Values("nodes").SelectMany(Members);

    /// <summary>The free slots by pool and node in all lines.</summary>
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

    private static IEnumerable<Recording> Read(string name, params string[] versions) =>
        versions.Select(version => Read($"{version}/{name}"));

    private static Recording Read(string name) =>
        new(name, [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Recordings", $"{name}.jsonl")).Select(ReadLine)]);

    private static RecordedLine ReadLine(string text)
    {
        var record = JsonElement.Parse(text);
        var line = record.GetProperty("line");

        // A line that was not JSON is recorded as a text.
        var json = line.ValueKind is JsonValueKind.String ? default(JsonElement?) : line;
        return new RecordedLine(
            record.GetProperty("t").GetDouble(),
            record.GetProperty("from").GetString()!,
            json is null ? line.GetString()! : line.GetRawText(),
            json);
    }
}
