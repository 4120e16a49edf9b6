using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Long polls: answers that are held until there is a change (docs/SPECIFICATION.md#long-poll).</summary>
public sealed class WaitTests(SharedBox shared) : SharedBoxTests(shared)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("get")]
    [InlineData("ls")]
    public async Task An_answer_is_held_back_until_a_job_that_matches_changes(string request)
    {
        using var connection = await Box.ConnectAsync();
        var id = Some.Id();

        var seq = (await connection.AskAsync($$$"""[{"{{{request}}}":{"seq":0}}]"""))[0].GetProperty("seq").GetInt64();
        var answer = connection.AskAsync($$$"""[{"{{{request}}}":{"seq":{{{seq}}},"id":"{{{id}}}"},"wait":60}]""");
        _ = await Box.RunAsync(new { id = id + "other", pool = "p", args = Some.True });
        answer.IsCompleted.Should().BeFalse();
        _ = await Box.SubmitAsync(new { id, pool = "p", args = Some.True });

        (await answer)[0].GetRawText().Should().Contain(id).And.NotContain(id + "other");
    }

    [Fact]
    public async Task With_a_limit_the_changes_come_in_pieces_that_lack_none_and_repeat_none()
    {
        using var connection = await Box.ConnectAsync();
        var tag = Some.Id();
        var submitted = new List<string>();
        for (var number = 0; number < 5; number++)
        {
            var job = await Box.SubmitAsync(new { id = $"{tag}{number}", pool = "nowhere", args = Some.True, tags = tag });
            submitted.Add(job.Text("id"));
        }

        var (received, instances, seq, hasMore) = (new List<string>(), new HashSet<string>(), 0L, true);
        while (hasMore)
        {
            var answer = (await connection.AskAsync(
                $$$"""[{"get":{"seq":{{{seq}}},"tag":"{{{tag}}}"},"options":{"limit":1,"unassigned":true}}]"""))[0];
            answer.GetProperty("get").Keys().Should().ContainSingle();
            received.AddRange(answer.GetProperty("get").Keys());
            seq = answer.GetProperty("seq").GetInt64();
            hasMore = answer.TryGetProperty("more", out _);
            _ = instances.Add(answer.Text("instance"));
            answer.TryGetProperty("gap", out _).Should().BeFalse();
            answer.Number("now").Should().BeApproximately(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 60);
        }

        received.Should().Equal(submitted);
        instances.Should().ContainSingle();
    }

    [Fact]
    public async Task Pieces_of_named_jobs_come_in_the_order_of_their_changes()
    {
        using var connection = await Box.ConnectAsync();
        var (early, late) = (Some.Id(), Some.Id());
        _ = await Box.SubmitAsync(new { id = early, pool = "nowhere", node = "n1", args = Some.True });
        _ = await Box.SubmitAsync(new { id = late, pool = "nowhere", node = "n1", args = Some.True });

        var first = (await connection.AskAsync($$$"""[{"get":{"seq":0,"ids":["{{{late}}}","{{{early}}}"]},"options":{"limit":1}}]"""))[0];
        var rest = (await connection.AskAsync(
            $$$"""[{"get":{"seq":{{{first.GetProperty("seq")}}},"ids":["{{{late}}}","{{{early}}}"]},"options":{"limit":1}}]"""))[0];

        (first.GetProperty("get").Keys().Single(), rest.GetProperty("get").Keys().Single()).Should().Be((early, late));
        (first.TryGetProperty("more", out _), rest.TryGetProperty("more", out _)).Should().Be((true, false));
    }

    [Fact]
    public async Task At_the_timeout_an_answer_has_the_number_up_to_which_it_is_complete()
    {
        using var connection = await Box.ConnectAsync();

        var answer = await connection.AskAsync("""[{"get":{"seq":0,"id":"nosuch"},"wait":0.05}]""");

        answer[0].GetProperty("get").EnumerateObject().Should().BeEmpty();
        answer[0].GetProperty("seq").GetInt64().Should().BeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task A_further_line_ends_the_wait_and_both_are_answered_in_order()
    {
        using var connection = await Box.ConnectAsync();
        var begin = Stopwatch.GetTimestamp();

        await connection.SendAsync("""[{"get":{"seq":0,"id":"nosuch"},"wait":60}]""" + "\n" + "[{\"job\":\"nosuch\"}]\n");

        (await connection.ReadAnswerAsync())[0].TryGetProperty("get", out _).Should().BeTrue();
        (await connection.ReadAnswerAsync())[0].GetProperty("job").ValueKind.Should().Be(JsonValueKind.False);
        Stopwatch.GetElapsedTime(begin).Should().BeLessThan(Soon);
    }

    [Fact]
    public async Task Half_a_line_does_not_end_the_wait_and_is_not_lost()
    {
        using var connection = await Box.ConnectAsync();

        await connection.SendAsync("""[{"get":{"seq":0,"id":"nosuch"},"wait":60}]""" + "\n");
        var first = connection.ReadAnswerAsync();
        await connection.SendAsync("[{\"job\":");
        _ = await Box.RunAsync(new { pool = "p", args = Some.True });
        first.IsCompleted.Should().BeFalse();
        await connection.SendAsync("\"nosuch\"}]\n");

        (await first)[0].TryGetProperty("get", out _).Should().BeTrue();
        (await connection.ReadAnswerAsync())[0].GetProperty("job").ValueKind.Should().Be(JsonValueKind.False);
    }

    [Fact]
    public async Task Requests_before_the_one_that_waits_are_executed_at_once_and_answers_before_it_are_sent()
    {
        using var connection = await Box.ConnectAsync();
        var (before, beside) = (Some.Id(), Some.Id());

        await connection.SendAsync(
            $$$"""[{"submit":{"id":"{{{before}}}","pool":"p","args":["true"]}}]""" + "\n" +
            $$$"""[{"submit":{"id":"{{{beside}}}","pool":"p","args":["true"]},"get":{"seq":0,"id":"nosuch"},"wait":60}]""" + "\n");

        (await connection.ReadAnswerAsync())[0].GetRawText().Should().Contain(before);
        _ = await Box.WaitForEndAsync(beside);
        await connection.SendAsync("[]\n");
        (await connection.ReadAnswerAsync())[0].GetRawText().Should().Contain(beside);
    }

    [Fact]
    public async Task A_seq_above_the_latest_is_answered_at_once()
    {
        using var connection = await Box.ConnectAsync();
        var begin = Stopwatch.GetTimestamp();

        _ = await connection.AskAsync("""[{"get":{"seq":1000000000},"wait":60}]""");

        Stopwatch.GetElapsedTime(begin).Should().BeLessThan(Soon);
    }

    [Fact]
    public async Task A_change_ends_a_wait_in_a_box_where_nothing_else_happens()
    {
        await using var box = await RunningBox.StartAsync("pools.p1.slots=2");
        using var connection = await box.ConnectAsync();
        var first = (await connection.AskAsync("""[{"nodes":{"seq":0}}]"""))[0];
        first.TryGetProperty("nodes_gone", out _).Should().BeFalse();
        var seq = first.GetProperty("nodes_seq").GetInt64();

        var answer = connection.AskAsync($$$"""[{"nodes":{"seq":{{{seq}}}},"wait":60}]""");
        _ = await box.AskAsync("config", new { pools = new { p1 = new { slots = 5 } } });

        var news = (await answer)[0];
        news.GetProperty("nodes").GetProperty("n1").GetProperty("pools").GetRawText().Should().Be("""{"p1":5}""");
        news.GetProperty("nodes_seq").GetInt64().Should().BeGreaterThan(seq);
        news.GetProperty("nodes_gone").EnumerateArray().Should().BeEmpty();

        var last = (await connection.AskAsync("""[{"get":{"seq":0}}]"""))[0].GetProperty("seq").GetInt64();
        answer = connection.AskAsync($$$"""[{"get":{"seq":{{{last}}}},"options":{"unassigned":true},"wait":60}]""");
        _ = await box.SubmitAsync(new { id = "a", pool = "nowhere", args = Some.True });

        (await answer)[0].GetProperty("get").Keys().Should().Equal("a");
    }

    [Fact]
    public async Task Jobs_without_a_node_end_a_wait_only_with_the_option_unassigned()
    {
        using var connection = await Box.ConnectAsync();
        var id = Some.Id();
        _ = await Box.SubmitAsync(new { id, pool = "nowhere", args = Some.True });

        var answers = await connection.AskAsync($$$"""
            [{"get":{"seq":0,"id":"{{{id}}}"}},{"get":{"seq":0,"id":"{{{id}}}"},"options":{"unassigned":true}}]
            """);

        answers[0].GetProperty("get").EnumerateObject().Should().BeEmpty();
        answers[1].GetProperty("get").GetProperty(id).Find("node")!.Value.ValueKind.Should().Be(JsonValueKind.False);
    }

    [Fact]
    public async Task A_wait_that_is_not_a_time_is_rejected()
    {
        var answer = await Box.AskLineAsync("""[{"get":{"seq":0},"wait":"long"}]""");

        answer[0].Text("error").Should().Be("wait: 'long' is not a number of seconds");
    }
}
