using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>
/// Heads, cached clients, job objects and watchers of each version of the original at a node of ours (docs/SPECIFICATION.md#old-peers).
/// </summary>
/// <remarks>
/// The changes of the upstream side come from the recording. The rest of each copy comes from the answers of our node, as the original
/// merges it. So stamps and counts are those of our node, and all other attributes are those of the recording.
/// </remarks>
public sealed class RecordedUpstreamTests
{
    private static readonly string[] Changed = ["node", "submit_node", "state", "hold", "active"];
    private static readonly string[] Compared =
        ["state", "rc", "start_count", "fail_count", "stdout_data", "stderr_data", "pool", "node", "submit_node"];

    private readonly Dictionary<string, JsonObject> _known = [];
    private double _seq;

    // The recordings of a version were made one after the other with one node, which knew the jobs of those before.
    public static TheoryData<string> Versions =>
        [.. Recording.Heads.Concat(Recording.Clients).Select(VersionOf).Distinct()];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_change_is_merged_and_every_job_ends_as_recorded(string version)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.txt"), "a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("b.txt"), "b", TestContext.Current.CancellationToken);
        // The files of the recorded watcher are in the folder of this test.
        var recordings = Recording.Heads.Concat(Recording.Clients).Where(recording => VersionOf(recording) == version)
            .Select(recording => recording.Exchanges(text => text.Replace("/data/in", folder.Path))).ToArray();
        await using var box = await RunningBox.StartAsync(
            "name=node1", "pools.p1.slots=2", "pools.p2.slots=0", "state.expire=600", "defaults.restart_delay=0.2");

        foreach (var lines in recordings)
            await PlayAsync(box, lines);
    }

    private async Task PlayAsync(RunningBox box, IReadOnlyList<(JsonElement Question, JsonElement Answer)> lines)
    {
        // A client of its own, which knows nothing yet.
        _known.Clear();
        _seq = 0;
        using var connection = await box.ConnectAsync();
        var changed = new HashSet<string>();

        foreach (var (question, answer) in lines)
        {
            var sent = question.GetProperty("sync");
            var taken = answer.Texts("sync").Where(id => !IsRetryOfTheHead(id, sent.GetProperty(id))).ToArray();
            changed.UnionWith(taken);
            await box.WaitForAsync(
                async () => { await SyncAsync(connection, []); return string.Join(',', _known.Values.Select(job => job.ToJsonString())); },
                _ => taken.All(id => IsAsFar(id, sent.GetProperty(id))),
                $"{string.Join(',', taken)} as far as in {sent}");

            var answered = await SyncAsync(connection, taken.ToDictionary(id => id, id => WithChanges(id, sent.GetProperty(id))));

            answered.Texts("sync").Should().BeEquivalentTo(taken, $"{sent} was taken over then");
            answered.Keys().Should().Contain(answer.Keys().Except(["nodes"]));
        }

        foreach (var (id, then) in LastStates(lines).Where(job => changed.Contains(job.Key) && HasEnded(job.Value)))
        {
            await box.WaitForAsync(
                async () => { await SyncAsync(connection, []); return _known[id].ToJsonString(); },
                _ => Compared.Where(key => !IsOther(key, then)).All(key => Same(_known[id][key], then.Find(key)))
                    && _known[id]["active"]?.GetValue<bool>() is false,
                $"{id} like {then}");
        }
    }

    // The folder of a recording; empty for the first ones.
    private static string VersionOf(Recording recording) => Path.GetDirectoryName(recording.Name)!;

    private static Dictionary<string, JsonElement> LastStates(IReadOnlyList<(JsonElement Question, JsonElement Answer)> lines)
    {
        var states = new Dictionary<string, JsonElement>();
        foreach (var job in lines.SelectMany(line => line.Answer.GetProperty("get").EnumerateObject()))
            states[job.Name] = job.Value;
        return states;
    }

    private static bool HasEnded(JsonElement job) => job.Text("state") is "done" or "failed" or "killed" && !job.Flag("active");

    // A failed start counts as a failure now (docs/SPECIFICATION.md#start-failures). The progress of a job before a kill depends on
    // timing.
    private static bool IsOther(string key, JsonElement then) =>
        (key is "fail_count" && then.Find("error") is not null) || (key is "rc" or "start_count" && then.Text("state") is "killed");

    private static bool Same(JsonNode? now, JsonElement? then) => now?.ToJsonString() == then?.GetRawText();

    // A head of January 2020 retries a job that it sees as failed. Our node retries at once, so that the head never sees that state.
    private bool IsRetryOfTheHead(string id, JsonElement sent) =>
        _known.ContainsKey(id) && sent.Text("state") is "new" && sent.Find("retries") is not null && sent.Find("resubmit") is null;

    private bool IsAsFar(string id, JsonElement sent)
    {
        if (!_known.TryGetValue(id, out var job))
            return sent.Number("start_count") is 0;
        if (sent.Text("state") is "killed")
            return sent.Find("resubmit") is not null || job["start_count"]!.GetValue<int>() >= sent.Number("start_count");
        return job["start_count"]!.GetValue<int>() == sent.Number("start_count")
            && sent.Flag("active") == (job["active"]?.GetValue<bool>() is true);
    }

    private JsonObject WithChanges(string id, JsonElement sent)
    {
        var job = _known.TryGetValue(id, out var known) ? (JsonObject)known.DeepClone() : JsonNode.Parse(sent.GetRawText())!.AsObject();
        foreach (var key in Changed)
        {
            if (sent.Find(key) is { } value)
                job[key] = JsonNode.Parse(value.GetRawText());
        }

        job["ts"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 + 0.001;
        return job;
    }

    // The original sends back all copies that it has received since the last request, beside its own changes.
    private async Task<JsonElement> SyncAsync(BoxConnection connection, Dictionary<string, JsonObject> changes)
    {
        var jobs = new JsonObject(_known.Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone())));
        foreach (var (id, job) in changes)
            jobs[id] = job.DeepClone();

        var request = new JsonArray(new JsonObject { ["sync"] = jobs, ["get"] = new JsonObject { ["seq"] = _seq } });
        var answer = (await connection.AskAsync(request.ToJsonString()))[0];
        foreach (var job in answer.GetProperty("get").EnumerateObject())
        {
            _known[job.Name] = JsonNode.Parse(job.Value.GetRawText())!.AsObject();
            _seq = Math.Max(_seq, job.Value.Number("seq")!.Value);
        }

        return answer;
    }
}
