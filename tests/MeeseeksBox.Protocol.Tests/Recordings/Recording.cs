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

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Recording> All => [ClientToHead, HeadToNode];

    /// <summary>Its file's name without the extension.</summary>
    public string Name { get; }

    /// <summary>Every line, in the order of time.</summary>
    public IReadOnlyList<RecordedLine> Lines { get; }

    /// <summary>The jobs in all lines, as they travelled: what is under an id in <c>submit</c>, <c>get</c>, <c>kill</c>, <c>sync</c>, or under <c>job</c>.</summary>
    public IEnumerable<JsonElement> Jobs => Values("submit", "get", "kill", "sync").SelectMany(Members).Concat(Values("job"))
        .Where(value => value.ValueKind is JsonValueKind.Object && value.TryGetProperty("submit_ts", out _));

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
