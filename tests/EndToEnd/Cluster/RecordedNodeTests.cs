using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A head of ours above a node of each version of the original, which does what the recorded node did (docs/SPECIFICATION.md#old-peers).
/// </summary>
/// <remarks>A change that the recorded head made is asked of our head by a client, but for those that a head makes by itself.</remarks>
public sealed class RecordedNodeTests
{
    private static readonly string[] Spec = ["pool", "args", "hold", "restart", "resubmit", "retries", "tags"];
    private static readonly string[] OfTheNode = ["state", "active", "start_count", "fail_count", "pid", "rc", "error", "stdout_data", "stderr_data", "args"];
    private static readonly string[] Compared = ["state", "active", "start_count", "fail_count", "rc", "stdout_data", "node"];

    public static TheoryData<Recording> Heads => [.. Recording.Heads];

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Every_job_goes_through_the_states_that_it_had_then(Recording recording)
    {
        await using var node = OldPeer.Start("node1", new() { ["p1"] = 20, ["p2"] = 0 });
        await using var head = await RunningBox.StartAsync("name=head1", Tree.Link("node1", node.Port), "nodes.node1.refresh=0.05", "nodes.node1.poll=0.2", "state.expire=600");
        await head.WaitForPoolAsync("p1", "node1");
        var stamps = new HashSet<double>();

        foreach (var (question, answer) in recording.Exchanges())
        {
            var sent = question.GetProperty("sync");
            foreach (var id in answer.Texts("sync"))
            {
                _ = stamps.Add(sent.GetProperty(id).Number("ts")!.Value);
                await ChangeAsync(head, node, id, sent.GetProperty(id));
            }

            // What is no more than the echo of a change of the head is not a step of the node.
            foreach (var job in answer.GetProperty("get").EnumerateObject().Where(job => !stamps.Contains(job.Value.Number("ts")!.Value)))
                await StepAsync(head, node, job.Name, job.Value);
        }

        foreach (var (id, then) in LastEnds(recording))
        {
            var now = await head.JobAsync(id);
            Compared.Should().OnlyContain(key => Same(now.Find(key), then.Find(key)) || IsOther(key, then), $"{id} is {now} and was {then}");
        }

        head.Log.Has("WARNING").Should().BeFalse($"nothing of the original is strange to us:\n{head.Log}");
    }

    // Makes our head do what the recorded head did, and waits until the node has received it.
    private static async Task ChangeAsync(RunningBox head, OldPeer node, string id, JsonElement sent)
    {
        var state = sent.Text("state");
        if (!node.Jobs.ContainsKey(id))
        {
            var spec = new JsonObject(Spec.Where(key => sent.Find(key) is not null).Select(key => KeyValuePair.Create(key, JsonNode.Parse(sent.GetProperty(key).GetRawText()))))
            {
                ["id"] = id,
            };
            if (sent.Text("submit_node") is "node1")
                spec["node"] = "node1";
            _ = await head.SubmitAsync(spec);
        }
        else if (state is "killed")
        {
            _ = await head.AskAsync("kill", id);
        }
        else if (sent.Find("resubmit") is null)
        {
            // A head of January 2020 retries beside its node; ours leaves that to the node, whose own retry follows.
            return;
        }

        var there = await head.WaitForAsync(
            () => Task.FromResult(node.Jobs), jobs => jobs.TryGetValue(id, out var job) && job.Text("state") == state && (state is "killed" || job.Text("node") is "node1"),
            $"{id} is {state} at the node");
        if (state is "killed" && there[id].Flag("active") && !sent.Flag("active"))
        {
            // Our head does not know whether the job has begun, and an original node releases what is marked as active.
            node.Change(id, """{"active":false}""");
            _ = await head.WaitForEndAsync(id);
        }
    }

    // Makes the node do what the recorded node did, and waits until our head has received it.
    private static async Task StepAsync(RunningBox head, OldPeer node, string id, JsonElement then)
    {
        var changes = new JsonObject(OfTheNode.Where(key => then.TryGetProperty(key, out _)).Select(key => KeyValuePair.Create(key, JsonNode.Parse(then.GetProperty(key).GetRawText()))));
        foreach (var key in new[] { "start_ts", "end_ts" })
        {
            if (then.Find(key) is not null)
                changes[key] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        }

        node.Change(id, changes.ToJsonString());
        _ = await head.WaitForAsync(
            () => head.JobAsync(id),
            job => IsResubmitted(job, then) || (job.Text("state") == then.Text("state") && job.Flag("active") == then.Flag("active") && job.Number("start_count") == then.Number("start_count")),
            $"{id} like {then}");
    }

    // Our head needs no time between an end and what follows on it.
    private static bool IsResubmitted(JsonElement job, JsonElement then) =>
        then.Text("state") is "done" or "failed" && then.Find("resubmit") is not null && job.Text("state") is "new" && job.Number("epoch") > 0;

    // In February 2022 resubmit alone did nothing. A head carries it out (docs/SPECIFICATION.md#original-reruns), here before the kill.
    private static bool IsOther(string key, JsonElement then) => key is "start_count" or "node" && then.Find("resubmit") is not null;

    private static Dictionary<string, JsonElement> LastEnds(Recording recording)
    {
        var last = new Dictionary<string, JsonElement>();
        foreach (var job in recording.Exchanges().SelectMany(exchange => exchange.Answer.GetProperty("get").EnumerateObject()))
            last[job.Name] = job.Value;
        return last.Where(job => job.Value.Text("state") is "done" or "failed" or "killed" && !job.Value.Flag("active") && job.Value.Find("restart") is null).ToDictionary();
    }

    private static bool Same(JsonElement? now, JsonElement? then) =>
        now?.GetRawText() == then?.GetRawText() || (now is null && then?.ValueKind is JsonValueKind.False) || (then is null && now?.ValueKind is JsonValueKind.False);
}
