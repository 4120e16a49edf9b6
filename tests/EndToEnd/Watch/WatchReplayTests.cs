using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>The watcher with a node that replays a recording of the original.</summary>
/// <remarks>
/// It submits the same jobs and writes the same status files as the recorded watcher, apart from ids and stamps. The recorded watcher
/// sent its jobs by a sync, ours by a submit.
/// </remarks>
public sealed class WatchReplayTests : IDisposable
{
    private const string RecordedPath = "/data/in";

    // The attributes that differ between any two runs, and the tags, to which ours adds one.
    private static readonly string[] OfTheRun = ["id", "seq", "ts", "submit_ts", "start_ts", "end_ts", "tags"];

    private readonly TemporaryFolder _scratch = new();

    private string In => Directory.CreateDirectory(_scratch.File("in")).FullName;

    [Fact]
    public async Task The_jobs_and_status_files_of_January_2020_are_those_of_the_recorded_watcher()
    {
        var recording = Lines("2020-01/watch-to-node.jsonl");
        var submitted = SubmittedIn(recording);
        var files = JsonNode.Parse(File.ReadAllText(Recorded("2020-01/watch-files.json")))!.AsObject();
        foreach (var (name, text) in files.Where(file => !file.Key.StartsWith('.')))
            await File.WriteAllTextAsync(Path.Combine(In, name), text!.ToString(), TestContext.Current.CancellationToken);
        await using var box = Box(recording, submitted);

        var (status, _, errors) = await WatchProgram.RunAsync(
            "client.address=127.0.0.1", $"client.port={box.Port}", "client.refresh=0.02", "once=1",
            $"watch.w.path={In}", "watch.w.glob=*.txt",
            """watch.w.jobs=[{"pool":"p1","args":["cat","%(file)s"]}]""");

        status.Should().Be(0, errors);
        submitted.Should().HaveCount(2);
        box.Submitted.Select(Work).Should().BeEquivalentTo(submitted.Select(job => Work(job.Value)));
        Directory.GetFiles(In).Select(Path.GetFileName).Should().BeEquivalentTo(files.Select(file => file.Key));
        foreach (var (name, text) in files.Where(file => file.Key.StartsWith('.')))
        {
            var ours =
                JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(In, name), TestContext.Current.CancellationToken))!.AsObject();
            foreach (var (key, value) in Local(text!.ToString()).Where(key => !OfTheRun.Contains(key.Key)))
                JsonNode.DeepEquals(ours[key], value)
                    .Should().BeTrue($"{key} in {name} is {value?.ToJsonString()}, and not {ours[key]?.ToJsonString()}");
        }
    }

    [Fact]
    public async Task At_the_recorded_node_of_February_2022_nothing_is_submitted_that_the_recorded_watcher_did_not()
    {
        var recording = Lines("2022-02/watch-to-node.jsonl");
        SubmittedIn(recording).Should().BeEmpty("that version ignores a watch without a template");
        await using var box = Box(recording, []);

        var (status, _, errors) = await WatchProgram.RunAsync(
            "client.address=127.0.0.1", $"client.port={box.Port}", "client.refresh=0.02", "once=1",
            "defaults.template=t", $"watch.w.path={In}",
            """template.t={"glob":"*.txt","jobs":[{"pool":"p1","args":["cat","%(file)s"],"env":{"PATH":"/bin"}}]}""");

        status.Should().Be(0, errors);
        errors.Should().NotContain("ERROR").And.NotContain("WARNING");
        box.Submitted.Should().BeEmpty();
    }

    [Fact]
    public async Task Beside_the_jobs_of_others_at_the_recorded_node_of_February_2022_a_file_is_processed()
    {
        await using var box = Box(Lines("2022-02/watch-to-node.jsonl"), []);
        await File.WriteAllTextAsync(Path.Combine(In, "a.txt"), "a", TestContext.Current.CancellationToken);

        var (status, _, errors) = await WatchProgram.RunAsync(
            "client.address=127.0.0.1", $"client.port={box.Port}", "client.refresh=0.02", "once=1",
            "defaults.template=t", $"watch.w.path={In}",
            """template.t={"glob":"*.txt","jobs":[{"pool":"p1","args":["cat","%(file)s"],"env":{"PATH":"/bin"}}]}""");

        status.Should().Be(0, errors);
        box.Submitted.Single()["env"]!.ToJsonString().Should().Be("""{"PATH":"/bin"}""");
        Directory.GetFiles(In).Select(Path.GetFileName).Should().BeEquivalentTo("a.txt", "._meeseeks-watch_t_w_0_a.txt.done");
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static string Recorded(string name) => Path.Combine(AppContext.BaseDirectory, "Recordings", name);

    private static List<(bool IsRequest, JsonObject Line)> Lines(string name) =>
        [.. File.ReadLines(Recorded(name)).Where(text => text.Length > 0).Select(text => JsonNode.Parse(text)!.AsObject())
            .Select(record => (record["from"]!.ToString() is "upstream", record["line"]![0]!.AsObject()))];

    // A client of the original submits a job by a sync of a job without a node.
    private Dictionary<string, JsonObject> SubmittedIn(List<(bool IsRequest, JsonObject Line)> recording) =>
        recording.Where(line => line.IsRequest).SelectMany(line => line.Line["sync"]!.AsObject())
            .Where(job => job.Value!["node"] is JsonValue node && node.GetValueKind() is JsonValueKind.False)
            .DistinctBy(job => job.Key)
            .ToDictionary(job => job.Key, job => Local(job.Value!.ToJsonString()));

    // The answers of the node about a job, in order.
    private IEnumerable<JsonObject> LifeOf(List<(bool IsRequest, JsonObject Line)> recording, string id) =>
        from line in recording
        where !line.IsRequest && line.Line["get"]?[id] is not null
        select Local(line.Line["get"]![id]!.ToJsonString());

    private OriginalBox Box(List<(bool IsRequest, JsonObject Line)> recording, Dictionary<string, JsonObject> submitted)
    {
        var box = OriginalBox.Start(spec =>
            submitted.Where(job => Work(job.Value) == Work(spec)).Select(job =>
                LifeOf(recording, job.Key).Select(WithoutTags)).SingleOrDefault()
            ?? OriginalBox.Life(OriginalBox.Assigned, OriginalBox.Running, OriginalBox.Ended("done")));
        var others = recording.Where(line => !line.IsRequest).SelectMany(line => line.Line["get"]!.AsObject()).Where(job =>
            !submitted.ContainsKey(job.Key));
        foreach (var (id, job) in others)
            box.Add(id, job!.AsObject());
        return box;
    }

    private static JsonObject WithoutTags(JsonObject job)
    {
        _ = job.Remove("tags");
        return job;
    }

    private JsonObject Local(string json) => JsonNode.Parse(json.Replace(RecordedPath, In, StringComparison.Ordinal))!.AsObject();

    private static string Work(JsonObject job) => $"{job["pool"]}: {job["args"]!.ToJsonString()}";
}
