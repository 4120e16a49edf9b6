using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>SPEC.md §7: an old head syncs with our node as it did with its own.</summary>
/// <remarks>
/// What the head changes is taken from the recording; what it only gives back is what our node has told it, as an old head does. So the
/// times are ours, and everything else is theirs.
/// </remarks>
public sealed class RecordedHeadTests
{
    private static readonly string[] ChangedByTheHead = ["node", "submit_node", "state", "hold", "active"];
    private static readonly string[] Compared = ["state", "rc", "start_count", "fail_count", "stdout_data", "stderr_data", "pool", "node", "submit_node"];

    private readonly Dictionary<string, JsonObject> _known = [];
    private double _seq;

    [Fact]
    public async Task Every_change_of_the_head_is_taken_over_and_every_job_ends_as_it_did_then()
    {
        await using var box = await RunningBox.StartAsync("name=node1", "pools.p1.slots=2", "pools.p2.slots=0", "state.expire=600", "defaults.restart_delay=0.01");
        using var connection = await box.ConnectAsync();
        var lines = Recording.HeadToNode.Lines;

        for (var i = 0; i + 1 < lines.Count; i += 2)
        {
            var sent = lines[i].Json!.Value[0].GetProperty("sync");
            var taken = lines[i + 1].Json!.Value[0].GetProperty("sync").EnumerateArray().Select(id => id.GetString()!).ToArray();
            await box.WaitForAsync(
                async () => { await SyncAsync(connection, []); return string.Join(',', _known.Values.Select(job => job.ToJsonString())); },
                _ => taken.All(id => IsAsFar(id, sent.GetProperty(id))),
                $"{string.Join(',', taken)} as far as the head knew at {lines[i].T} s");

            var answer = await SyncAsync(connection, taken.Select(id => Changed(id, sent.GetProperty(id))));

            answer.GetProperty("sync").EnumerateArray().Select(id => id.GetString()).Should().BeEquivalentTo(taken, $"at {lines[i].T} s");
            answer.Keys().Should().Contain(lines[i + 1].Json!.Value[0].Keys().Except(["nodes"]));
        }

        foreach (var (id, then) in LastStates(lines))
        {
            await box.WaitForAsync(
                async () => { await SyncAsync(connection, []); return _known[id].ToJsonString(); },
                _ => Compared.Where(key => !IsChangedSince(key, then)).All(key => Same(_known[id][key], then.Find(key))) && _known[id]["active"]?.GetValue<bool>() is false,
                $"{id} like {then}");
        }
    }

    private static Dictionary<string, JsonElement> LastStates(IReadOnlyList<RecordedLine> lines)
    {
        var states = new Dictionary<string, JsonElement>();
        foreach (var job in lines.Where(line => !line.IsRequest).SelectMany(line => line.Json!.Value[0].GetProperty("get").EnumerateObject()))
            states[job.Name] = job.Value;
        return states;
    }

    // SPEC.md §3: what cannot be started counts as a failure now.
    private static bool IsChangedSince(string key, JsonElement then) => key is "fail_count" && then.Find("error") is not null;

    private static bool Same(JsonNode? now, JsonElement? then) => now?.ToJsonString() == then?.GetRawText();

    private bool IsAsFar(string id, JsonElement sent) =>
        !_known.TryGetValue(id, out var job)
            ? sent.Number("start_count") is 0
            : job["start_count"]!.GetValue<int>() == sent.Number("start_count") && (job["active"]?.GetValue<bool>() is true) == sent.Flag("active");

    private JsonObject Changed(string id, JsonElement sent)
    {
        var job = _known.TryGetValue(id, out var known) ? (JsonObject)known.DeepClone() : JsonNode.Parse(sent.GetRawText())!.AsObject();
        foreach (var key in ChangedByTheHead)
        {
            if (sent.Find(key) is { } value)
                job[key] = JsonNode.Parse(value.GetRawText());
        }

        job["ts"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 + 0.001;
        return job;
    }

    // An old head gives back everything that it has heard since the last time, beside its own changes.
    private async Task<JsonElement> SyncAsync(BoxConnection connection, IEnumerable<JsonObject> changes)
    {
        var jobs = new JsonObject(_known.Select(job => KeyValuePair.Create(job.Key, (JsonNode?)job.Value.DeepClone())));
        foreach (var job in changes)
            jobs[job["id"]!.GetValue<string>()] = job.DeepClone();

        var answer = (await connection.AskAsync(new JsonArray(new JsonObject { ["sync"] = jobs, ["get"] = new JsonObject { ["seq"] = _seq } }).ToJsonString()))[0];
        foreach (var job in answer.GetProperty("get").EnumerateObject())
        {
            _known[job.Name] = JsonNode.Parse(job.Value.GetRawText())!.AsObject();
            _seq = Math.Max(_seq, job.Value.Number("seq")!.Value);
        }

        return answer;
    }
}
