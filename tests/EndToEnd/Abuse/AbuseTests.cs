using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Abuse;

/// <summary>No input ends the process, and no client delays another (docs/SPECIFICATION.md#client-isolation).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class AbuseTests(SharedBox shared)
{
    private const int Megabyte = 1_000_000;

    [Fact]
    public async Task A_line_of_millions_of_elements_is_answered_in_bounded_memory_and_one_of_100_MB_gets_an_error_and_ends_its_connection()
    {
        await using var box = await RunningBox.StartAsync();
        foreach (var element in new[] { "1,", "{\"job\":\"\"}," })
        {
            using var connection = await box.ConnectAsync();
            var count = 2 * Megabyte / element.Length;
            var line = Encoding.UTF8.GetBytes($"[{string.Concat(Enumerable.Repeat(element, count))}0]\n");

            await connection.Stream.WriteAsync(line, TestContext.Current.CancellationToken);
            await ServesOthersAsync(box);
            var most = await ReadOverAsync(connection, box);

            most.Should().BeLessThan(250 * Megabyte, "the answer is written in pieces");
            (await connection.AskAsync("[]")).ToString().Should().Be("[]");
        }

        using var longest = await box.ConnectAsync();
        var sending = longest.SendAsync(new string(' ', 100 * Megabyte));
        await ServesOthersAsync(box);
        var answer = await longest.ReadAnswerAsync();
        await sending;

        answer[0].Text("code").Should().Be("too_long");
        answer[0].Text("error").Should().Contain("listen.max_request");
        (await longest.ReadLineAsync()).Should().BeNull();
        box.ResidentMemory().Should().BeLessThan(400 * Megabyte);
    }

    [Fact]
    public async Task Deep_nesting_gets_an_error()
    {
        var answer = await shared.Box.AskLineAsync(new string('[', Megabyte));
        var job = await shared.Box.AskObjectAsync(new { submit = new { id = "deep", pool = "nowhere", args = Some.True } });
        var deep = await shared.Box.AskLineAsync(
            """[{"submit":{"id":"b","pool":"nowhere","args":["x"],"config":{"a":""" + new string('[', 63) + new string(']', 63) + "}}}]");

        answer[0].Text("error").Should().Contain("nesting exceeds 64 levels");
        job.GetProperty("submit").GetProperty("deep").Text("state").Should().Be("new");
        deep[0].Text("error").Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_thousand_idle_clients_and_those_that_leave_in_their_huge_answers_or_never_read_them_block_no_other()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0", "logging.level=DEBUG");
        var before = box.ResidentMemory();
        var idle = new List<BoxConnection>();
        for (var i = 0; i < 1000; i++)
        {
            idle.Add(await box.ConnectAsync());
            await idle[^1].SendAsync("[{\"job\":\"");
        }

        await ServesOthersAsync(box);
        await idle[500].SendAsync("x\"}]\n");
        (await idle[500].ReadAnswerAsync()).ToString().Should().Be("""[{"job":false}]""");
        (box.ResidentMemory() - before).Should().BeLessThan(150 * Megabyte);

        var args = new[] { new string('x', 100_000) };
        for (var i = 0; i < 100; i++)
            _ = await box.SubmitAsync(new { pool = "nowhere", args });
        before = box.ResidentMemory();
        using (var leaving = await box.ConnectAsync())
        {
            leaving.Stream.Socket.LingerState = new LingerOption(true, 0);
            await leaving.SendAsync("[{\"get\":{}}]\n");
        }

        await box.WaitForLogAsync("connection ended");
        using var greedy = await box.ConnectAsync();

        // 1 GB of answers in all, which the client does not read.
        await greedy.SendAsync(string.Concat(Enumerable.Repeat("[{\"get\":{}}]\n", 100)));
        for (var i = 0; i < 20; i++)
            await ServesOthersAsync(box);

        (await box.RunAsync(new { pool = "p", args = Some.True })).Text("state").Should().Be("done");
        (box.ResidentMemory() - before).Should().BeLessThan(150 * Megabyte);
        idle.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Bytes_one_by_one_make_a_line()
    {
        using var slow = await shared.Box.ConnectAsync();

        foreach (var character in "[{\"job\":\"nosuch\"}]\r\n")
        {
            await slow.SendAsync(character.ToString());
            await Task.Yield();
        }

        (await slow.ReadAnswerAsync()).ToString().Should().Be("""[{"job":false}]""");
    }

    [Fact]
    public async Task Wrong_types_everywhere_end_nothing()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        string[] requests =
            ["status", "nodes", "pools", "submit", "query", "job", "get", "ls", "kill", "modify", "config", "sync", "options"];
        string[] keys =
        [
            "id", "pool", "args", "node", "stdin", "stdout", "stderr", "runtime", "memory", "cpus", "hold", "restart", "retries",
            "resubmit", "config", "tags", "tag", "state", "env", "cwd", "ids", "ts", "seq",
        ];
        string[] values =
        [
            "null", "true", "-1", "1e999", "0.5", "99999999999999999999", "\"\"", "\"*\"", "\"\\u0000\"",
            "[]", "[null]", "[[1]]", "{}", "{\"\":{}}", "{\"a\":{\"b\":[]}}",
        ];

        foreach (var request in requests)
        {
            foreach (var value in values)
                (await box.AskLineAsync($$"""[{"{{request}}":{{value}}}]""")).GetArrayLength().Should().Be(1);
        }

        foreach (var request in new[] { "submit", "get", "kill", "sync", "modify" })
        {
            foreach (var key in keys)
            {
                var objects = values.Select(value => $$$"""{"{{{request}}}":{"pool":"nowhere","args":["x"],"{{{key}}}":{{{value}}}}}""");
                (await box.AskLineAsync($"[{string.Join(',', objects)}]")).GetArrayLength().Should().Be(values.Length);
            }
        }

        _ = await box.AskAsync("get", new { });
        (await box.RunAsync(new { pool = "p", args = Some.True })).Text("state").Should().Be("done");
    }

    private static async Task ServesOthersAsync(RunningBox box)
    {
        var begin = Stopwatch.GetTimestamp();
        using var other = await box.ConnectAsync();
        _ = await other.AskAsync("""[{"job":"nosuch"}]""");
        Stopwatch.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    // Reads an answer that is too long for a string, and returns the peak memory of the box meanwhile.
    private static async Task<long> ReadOverAsync(BoxConnection connection, RunningBox box)
    {
        var buffer = new byte[Megabyte];
        var most = 0L;
        while (true)
        {
            var length = await connection.Stream.ReadAsync(
                buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            length.Should().BePositive("the answer is to be complete");
            most = Math.Max(most, box.ResidentMemory());
            if (buffer[length - 1] is (byte)'\n')
                return most;
        }
    }
}
