using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>A full disk stops only work that needs it (docs/OPERATIONS.md#what-is-promised).</summary>
public sealed partial class FullDiskTests(SharedBox shared) : SharedBoxTests(shared)
{
    // More than the rest of the last block of any file.
    private static readonly string Long = new('x', 10_000);

    [Fact]
    public async Task Without_room_for_the_journal_submits_are_rejected_and_queries_and_kills_are_answered()
    {
        using var disk = new SmallDisk();
        await using var box = await RunningBox.StartAsync(
            $"state.file={disk.File("state")}", "state.checkpoint=0", "state.expire=600", "pools.p.slots=0");
        using var signs = new TemporaryFolder();
        var go = signs.File("go");
        var printed = signs.File("printed");
        var script = $"echo first; until [ -e {go} ]; do sleep 0.05; done; echo {Long}; touch {printed}; exec sleep 1000";
        _ = await box.SubmitAsync(new { id = "running", pool = "p", args = new[] { "sh", "-c", script } });
        _ = await box.WaitForStartAsync("running");
        using var follower = await box.ConnectAsync();
        _ = await follower.AskAsync("""{"tail":{"id":"running","stream":"stdout","offset":0},"wait":60}""");
        disk.Fill();
        signs.Write("go", "");
        await Wait.Until(() => File.Exists(printed), () => "", TestContext.Current.CancellationToken);

        using var first = await box.ConnectAsync();
        await first.SendAsync($$$"""{"submit":{"id":"first","pool":"nowhere","args":["{{{Long}}}"]}}""" + "\n");
        var firstAnswer = await first.ReadLineAsync();
        await box.WaitForLogAsync("journal write failed, submits rejected");
        var refused = await box.AskObjectAsync(new { submit = new { id = "second", pool = "nowhere", args = Some.True } });
        var question = await box.JobAsync("running");
        var killed = await box.AskObjectAsync(new { kill = "running" });
        var ended = await box.WaitForEndAsync("running");
        disk.MakeRoom();
        await box.WaitForLogAsync("journal writable again");
        var again = await box.AskObjectAsync(new { submit = new { id = "first", pool = "nowhere", args = new[] { Long } } });
        var taken = await box.RunAsync(new { pool = "p", args = Some.True });

        refused.GetProperty("submit").GetProperty("second").ValueKind.Should().Be(JsonValueKind.False);
        refused.Text("error").Should().Contain("submit rejected: the state cannot be saved");
        question.Text("state").Should().Be("running");
        killed.Texts("warnings").Should().ContainSingle().Which.Should().Contain("not on disk yet");
        ended.Text("state").Should().Be("killed");
        ended.GetProperty("stdout_truncated").GetBoolean().Should().BeTrue();
        ended.GetProperty("stdout_size").GetInt64().Should().Be(Long.Length + "first\n\n".Length);
        Encoding.UTF8.GetString(ended.GetProperty("stdout_data").GetBytesFromBase64()).Should().StartWith("first\nxxx");
        firstAnswer.Should().BeNull("an answer guarantees that the change is on disk");
        again.TryGetProperty("error", out _).Should().BeFalse();
        taken.Text("state").Should().Be("done");
    }

    [Theory]
    [InlineData("""{"kill":"large"}""")]
    [InlineData("""{"kill":{"ids":["large"]}}""")]
    [InlineData("""{"modify":{"large":{"tags":["t"]}}}""")]
    public async Task The_change_that_finds_the_disk_full_ends_its_connection_and_has_a_warning_when_it_is_sent_again(string request)
    {
        using var disk = new SmallDisk();
        await using var box = await RunningBox.StartAsync($"state.file={disk.File("state")}", "state.checkpoint=0", "state.expire=600");
        _ = await box.SubmitAsync(new { id = "large", pool = "nowhere", args = new[] { Long } });
        disk.Fill();

        using var first = await box.ConnectAsync();
        await first.SendAsync(request + "\n");
        (await first.ReadLineAsync()).Should().BeNull();
        using var second = await box.ConnectAsync();
        var answer = (await second.AskAsync(request))[0];

        answer.Texts("warnings").Should().ContainSingle().Which.Should().Contain("not on disk yet").And.Contain("no space left on device");
        answer.TryGetProperty("error", out _).Should().BeFalse();
        disk.MakeRoom();
    }

    [Fact]
    public async Task Changes_acknowledged_before_and_after_a_full_disk_survive_a_crash()
    {
        using var disk = new SmallDisk();
        string[] words = [$"state.file={disk.File("state")}", "state.checkpoint=0.05", "state.expire=600"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            _ = await box.SubmitAsync(new { id = "before", pool = "nowhere", args = Some.True });
            disk.Fill();
            using var other = await box.ConnectAsync();
            await other.SendAsync($$$"""{"submit":{"id":"meanwhile","pool":"nowhere","args":["{{{Long}}}"]}}""" + "\n");
            await box.WaitForLogAsync("journal write failed, submits rejected");
            disk.MakeRoom();
            (await other.ReadLineAsync()).Should().BeNull();
            await box.WaitForLogAsync("journal writable again");
            _ = await box.SubmitAsync(new { id = "after", pool = "nowhere", args = Some.True });
            await box.CrashAsync();
        }

        await using var again = await RunningBox.StartAsync(words);

        (await again.AskAsync("ls", new { })).EnumerateArray().Select(id => id.GetString())
            .Should().BeEquivalentTo("before", "meanwhile", "after");
        again.Log.Has("damaged").Should().BeFalse();
    }

    [Fact]
    public async Task Submits_accepted_before_the_failure_was_detected_are_not_acknowledged()
    {
        using var disk = new SmallDisk();
        string[] words = [$"state.file={disk.File("state")}", "state.checkpoint=0", "state.expire=600"];
        var acknowledged = new List<string>();
        await using (var box = await RunningBox.StartAsync(words))
        {
            _ = await box.SubmitAsync(new { id = "before", pool = "nowhere", args = Some.True });
            disk.Fill();
            using var many = await box.ConnectAsync();
            var submits = Enumerable.Range(0, 3000).Select(
                number => $$$"""{"submit":{"id":"{{{number}}}","pool":"nowhere","args":["{{{(number is 0 ? Long : "x")}}}"]}}""");
            await many.SendAsync($"[{string.Join(',', submits)}]\n");
            var reading = ReadAsync(many);
            await box.WaitForLogAsync("journal write failed, submits rejected");
            _ = await box.JobAsync("before");
            await box.CrashAsync();
            await reading;
        }

        disk.MakeRoom();
        await using var again = await RunningBox.StartAsync(words);

        acknowledged.Append("before")
            .Should().BeSubsetOf((await again.AskAsync("ls", new { })).EnumerateArray().Select(id => id.GetString()!));

        async Task ReadAsync(BoxConnection connection)
        {
            var text = new StringBuilder();
            try
            {
                for (var buffer = new byte[4096]; await connection.Stream.ReadAsync(buffer) is > 0 and var length;)
                    text.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
            catch (IOException)
            {
                // The box is gone, and with it the answers that it had not sent.
            }

            acknowledged.AddRange(Acknowledged().Matches(text.ToString()).Select(match => match.Groups[1].Value));
        }
    }

    [Fact]
    public async Task Without_room_the_last_checkpoint_stays_the_lines_of_the_history_wait_and_both_are_tried_again()
    {
        using var disk = new SmallDisk();
        var (file, history) = (disk.File("state"), disk.File("history"));
        await using var box = await RunningBox.StartAsync(
            $"state.file={file}", $"state.history={history}", "state.durable=false", "state.checkpoint=0.05", "state.expire=600",
            "pools.p.slots=0");
        _ = await box.RunAsync(new { id = "old", pool = "p", args = Some.True });
        _ = await box.WaitForFileAsync(file, text => text.Contains("\"done\""));
        _ = await box.WaitForFileAsync(history, text => text.EndsWith('\n'));
        disk.Fill();

        for (var number = 0; number < 20; number++)
        {
            var job = await box.RunAsync(new { id = $"new{number}", pool = "p", args = Some.Shell("exit 0", new string('x', 500)) });
            job.Text("state").Should().Be("done");
        }

        await box.WaitForLogAsync("checkpoint failed");
        await box.WaitForLogAsync("history write failed");
        var kept = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        disk.MakeRoom();
        var saved = await box.WaitForFileAsync(file, text => text.Contains("\"new19\""));
        _ = await box.WaitForFileAsync(history, text => text.Contains("\"new19\"") && text.EndsWith('\n'));
        _ = await box.StopAsync();

        string[] all = ["old", .. Enumerable.Range(0, 20).Select(number => $"new{number}")];
        JsonElement.Parse(kept).Keys().Should().Equal("old");
        JsonElement.Parse(saved).Keys().Should().BeEquivalentTo(all);
        File.ReadAllLines(history).Select(line => JsonElement.Parse(line).Keys().Single()).Should().Equal(all);
    }

    [Fact]
    public async Task Without_room_for_the_log_jobs_run_and_the_log_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk();
        var log = disk.File("log");
        await using var box = await RunningBox.StartAsync(new BoxStart($"logging.filename={log}", "pools.p.slots=0") { LogFile = log });
        disk.Fill();

        for (var number = 0; number < 100; number++)
            (await box.RunAsync(new { id = $"full-{number}-{new string('x', 50)}", pool = "p", args = Some.True })).Text("state")
                .Should().Be("done");

        disk.MakeRoom();
        _ = await box.RunAsync(new { id = "roomy", pool = "p", args = Some.True });

        await box.WaitForLogAsync("job roomy done");
    }

    [Fact]
    public async Task Without_room_for_its_output_only_the_job_itself_fails()
    {
        using var disk = new SmallDisk();
        var output = disk.File("output");
        await File.WriteAllTextAsync(output, "", TestContext.Current.CancellationToken);
        disk.Fill();

        var job = await Box.RunAsync(new { pool = "p", args = new[] { "head", "-c", "100000", "/dev/zero" }, stdout = output });
        var other = await Box.RunAsync(new { pool = "p", args = Some.True });

        job.Text("state").Should().Be("failed");
        job.Number("rc").Should().Be(1);
        job.Printed("stderr").Should().Contain("No space left");
        other.Text("state").Should().Be("done");
    }

    // True when the answer to a submit has a job in place of false.
    [GeneratedRegex("""\{"submit":\{"([^"]+)":\{""")]
    private static partial Regex Acknowledged();
}
