using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A head above a simulated node of each version of the original, which repeats a recording (docs/SPECIFICATION.md#old-peers).
/// </summary>
/// <remarks>A client requests each change of the recorded head, except those that the head makes by itself.</remarks>
public sealed class RecordedNodeTests
{
    private static readonly string[] Spec = ["pool", "args", "hold", "restart", "resubmit", "retries", "tags"];
    private static readonly string[] OfTheNode =
        ["state", "active", "start_count", "fail_count", "pid", "rc", "error", "stdout_data", "stderr_data", "args"];
    private static readonly string[] Compared = ["state", "active", "start_count", "fail_count", "rc", "stdout_data", "node"];

    public static TheoryData<Recording> Heads => [.. Recording.Heads];

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Every_job_goes_through_the_recorded_states(Recording recording)
    {
        await using var node = OldPeer.Start("node1", new() { ["p1"] = 20, ["p2"] = 0 });
        await using var head = await RunningBox.StartAsync(
            "name=head1", Tree.Link("node1", node.Port), "nodes.node1.refresh=0.05", "nodes.node1.poll=0.2", "state.expire=600");
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

            // Skips the echo of a change by the head, which is not a step of the node.
            foreach (var job in answer.GetProperty("get").EnumerateObject().Where(job => !stamps.Contains(job.Value.Number("ts")!.Value)))
                await StepAsync(head, node, job.Name, job.Value);
        }

        foreach (var (id, then) in LastEnds(recording))
        {
            var now = await head.JobAsync(id);
            Compared.Should().OnlyContain(
                key => Same(now.Find(key), then.Find(key)) || IsOther(key, then), $"{id} is {now} and was {then}");
        }

        head.Log.Has("WARNING").Should().BeFalse($"the head accepts all lines of the original:\n{head.Log}");
    }

    // Repeats a change of the recorded head, and waits until the node has received it.
    private static async Task ChangeAsync(RunningBox head, OldPeer node, string id, JsonElement sent)
    {
        var state = sent.Text("state");
        if (!node.Jobs.ContainsKey(id))
        {
            var spec = new JsonObject(Spec.Where(key => sent.Find(key) is not null).Select(key => Attribute(sent, key)))
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
            // A head of January 2020 retries in addition to its node. Ours leaves the retry to the node, which makes it next.
            return;
        }

        var there = await head.WaitForAsync(
            () => Task.FromResult(node.Jobs),
            jobs => jobs.TryGetValue(id, out var job) && job.Text("state") == state && (state is "killed" || job.Text("node") is "node1"),
            $"{id} is {state} at the node");
        if (state is "killed" && there[id].Flag("active") && !sent.Flag("active"))
        {
            // The head cannot tell whether the job has started, and a legacy node releases a job that is marked as active.
            node.Change(id, """{"active":false}""");
            _ = await head.WaitForEndAsync(id);
        }
    }

    // Repeats a change of the recorded node, and waits until the head has received it.
    private static async Task StepAsync(RunningBox head, OldPeer node, string id, JsonElement then)
    {
        var changes = new JsonObject(OfTheNode.Where(key => then.TryGetProperty(key, out _)).Select(key => Attribute(then, key)));
        foreach (var key in new[] { "start_ts", "end_ts" })
        {
            if (then.Find(key) is not null)
                changes[key] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        }

        node.Change(id, changes.ToJsonString());
        _ = await head.WaitForAsync(
            () => head.JobAsync(id),
            job => IsResubmitted(job, then)
                || (job.Text("state") == then.Text("state")
                    && job.Flag("active") == then.Flag("active")
                    && job.Number("start_count") == then.Number("start_count")),
            $"{id} like {then}");
    }

    // The head reruns a job at once after its end.
    private static bool IsResubmitted(JsonElement job, JsonElement then) =>
        then.Text("state") is "done" or "failed"
        && then.Find("resubmit") is not null
        && job.Text("state") is "new"
        && job.Number("epoch") > 0;

    private static KeyValuePair<string, JsonNode?> Attribute(JsonElement job, string key) =>
        KeyValuePair.Create(key, JsonNode.Parse(job.GetProperty(key).GetRawText()));

    // In February 2022 resubmit had no effect. Our head resubmits (docs/SPECIFICATION.md#original-reruns), here before the kill.
    private static bool IsOther(string key, JsonElement then) => key is "start_count" or "node" && then.Find("resubmit") is not null;

    private static Dictionary<string, JsonElement> LastEnds(Recording recording)
    {
        var last = new Dictionary<string, JsonElement>();
        foreach (var job in recording.Exchanges().SelectMany(exchange => exchange.Answer.GetProperty("get").EnumerateObject()))
            last[job.Name] = job.Value;
        return last.Where(job => HasEnded(job.Value) && job.Value.Find("restart") is null).ToDictionary();
    }

    private static bool HasEnded(JsonElement job) => job.Text("state") is "done" or "failed" or "killed" && !job.Flag("active");

    private static bool Same(JsonElement? now, JsonElement? then) =>
        now?.GetRawText() == then?.GetRawText()
        || (now is null && then?.ValueKind is JsonValueKind.False)
        || (then is null && now?.ValueKind is JsonValueKind.False);
}
