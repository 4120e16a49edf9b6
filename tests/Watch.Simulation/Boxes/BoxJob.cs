using System.Text.Json.Nodes;
using MeeseeksBox.WatchSimulation.Model;

namespace MeeseeksBox.WatchSimulation.Boxes;

/// <summary>A job in the make-believe box.</summary>
internal sealed class BoxJob
{
    public required string Id { get; init; }

    /// <summary>The full path of the file that it is for.</summary>
    public required string File { get; init; }

    /// <summary>What distinguishes it from all others: the box may have dropped an earlier one with its id.</summary>
    public required int Serial { get; init; }

    /// <summary>The watcher that has submitted it.</summary>
    public required int Watcher { get; init; }

    /// <summary>What the model knows of that file; null for a file that it does not know.</summary>
    public NameState? Name { get; set; }

    public List<string> Tags { get; set; } = [];

    public string State { get; set; } = "running";

    public int Changes { get; set; }

    public bool IsLive => State is "running";

    /// <summary>Whether a watcher has recorded its result.</summary>
    public bool IsRecorded => Tags.Contains("watch.recorded");

    /// <summary>Whether a watcher has stopped it.</summary>
    public bool IsStopped => State is "killed" && Tags.Contains("watch.stopped");

    /// <summary>When it started.</summary>
    public int Start => 1000 + Serial;

    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["pool"] = "p",
        ["args"] = new JsonArray("x", File),
        ["tags"] = new JsonArray([.. Tags.Select(tag => (JsonNode?)tag)]),
        ["node"] = "n",
        ["state"] = State,
        ["active"] = IsLive,
        ["rc"] = State is "done" ? 0 : 1,
        ["ts"] = 1000 + Changes,
        ["start_ts"] = Start,
    };
}
