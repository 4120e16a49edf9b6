using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Recorded requests of a person and a client of January 2020 to a head: our box gives equivalent answers.</summary>
public sealed class RecordedClientTests
{
    // Equivalent: a head that has yet to choose a node, and a node that accepts the job at once.
    private static readonly string[] Compared = ["id", "pool", "args", "retries", "fail_count", "rc", "stdout_data", "stderr_data"];

    [Fact]
    public async Task Each_request_is_answered_as_it_was_then()
    {
        await using var box = await RunningBox.StartAsync(
            "name=node1", "pools.p1.slots=2", "pools.p2.slots=0", "state.expire=600", "defaults.restart_delay=0.01");
        using var connection = await box.ConnectAsync();
        var lines = Recording.ClientToHead.Lines;

        for (var i = 0; i + 1 < lines.Count; i += 2)
        {
            var (question, then) = (lines[i], lines[i + 1].Json!.Value);

            // The recorded client waited for the jobs. This one repeats the request until they have got as far.
            var now = await box.WaitForAsync(
                () => connection.AskAsync(question.Text), answer => !IsRead(question) || Means(answer, then),
                $"an answer to {question.Text} like {then}");

            Means(now, then).Should().BeTrue($"{question.Text} was answered with {then}, and now with {now}");
        }

        await connection.SendAsync("\n");
        (await connection.ReadLineAsync()).Should().BeNull();
    }

    private static bool IsRead(RecordedLine question) =>
        !question.Text.Contains("submit", StringComparison.Ordinal) && !question.Text.Contains("kill", StringComparison.Ordinal);

    private static bool Means(JsonElement now, JsonElement then) =>
        now.GetArrayLength() == then.GetArrayLength()
            && now.EnumerateArray().Zip(then.EnumerateArray()).All(pair => SameObject(pair.First, pair.Second));

    private static bool SameObject(JsonElement now, JsonElement then) =>
        then.EnumerateObject().All(
            request => now.TryGetProperty(request.Name, out var value) && SameValue(request.Name, value, request.Value));

    private static bool SameValue(string request, JsonElement now, JsonElement then) => request switch
    {
        "error" => now.GetString()!.Length > 0,
        "job" => then.ValueKind is JsonValueKind.Null ? now.ValueKind is JsonValueKind.False : SameJob(now, then),
        // A single id is answered with the job itself (docs/SPECIFICATION.md#kill-request).
        "kill" when now.Find("id") is not null => SameJob(now, then.EnumerateObject().Single().Value),
        "submit" or "get" or "kill" => now.Keys().Order().SequenceEqual(then.Keys().Order())
            && then.EnumerateObject().All(job => SameJob(now.GetProperty(job.Name), job.Value)),
        "ls" => now.EnumerateArray().Select(id => id.GetString()).Order().SequenceEqual(
            then.EnumerateArray().Select(id => id.GetString()).Order()),
        "nodes" => SameNode(now.GetProperty("node1"), then.GetProperty("node1")),
        "pools" => JsonElement.DeepEquals(now, then),
        "config" => now.ValueKind is JsonValueKind.Object,
        _ => false,
    };

    private static bool SameJob(JsonElement now, JsonElement then)
    {
        if (now.ValueKind != then.ValueKind || then.ValueKind is not JsonValueKind.Object)
            return now.ValueKind == then.ValueKind;
        if (then.Text("pool") is "__config")
            return now.Text("state") is "new" || JsonElement.DeepEquals(
                now.GetProperty("args").GetProperty("pools"), then.GetProperty("args").GetProperty("pools"));

        var hasEnded = then.Text("state") is "done" or "failed" or "killed" && !then.Flag("active");
        return Normal(now.Texts("tags")).SequenceEqual(Normal(then.Texts("tags")))
            && now.Find("hold")?.ValueKind is JsonValueKind.True == (then.Number("hold") is 1)
            && (!hasEnded || now.Text("state") == then.Text("state"))
            && (hasEnded || now.Flag("active") || now.Text("state") is not "killed")
            && Compared.Where(key => hasEnded || key is "id" or "pool" or "args" or "retries")
                .All(key => now.Find(key)?.GetRawText().Replace(" ", "") == then.Find(key)?.GetRawText().Replace(" ", ""));
    }

    private static bool SameNode(JsonElement now, JsonElement then) =>
        now.Flag("online") == then.Flag("online")
        && JsonElement.DeepEquals(now.GetProperty("pools"), then.GetProperty("pools"))
        && now.Texts("routing").SequenceEqual(then.Texts("routing"))
        && now.Number("ts") > 0 && now.Number("loadavg") >= 0;

    private static IEnumerable<string> Normal(string[] tags) => tags.Where(tag => tag.Length > 0);
}
