using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>After a crash of the box (docs/SPECIFICATION.md#crash-recovery).</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Jobs_that_ran_have_crashed_and_none_of_their_processes_goes_on()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "state.checkpoint=0.05", "state.expire=600", "pools.p.slots=0"];
        int[] pids;
        await using (var box = await RunningBox.StartAsync(words))
        {
            var said = folder.File("said");
            _ = await box.SubmitAsync(new { id = "plain", pool = "p", args = Some.Sleep });
            _ = await box.SubmitAsync(
                new { id = "family", pool = "p", args = new[] { TestProgram.Path, "new-session", "1000" }, stdout = said });
            _ = await box.SubmitAsync(new { id = "queued", pool = "nowhere", args = Some.True });
            var child = int.Parse(await box.WaitForFileAsync(said, text => text.EndsWith('\n')));
            pids =
            [
                child,
                (int)(await box.WaitForStartAsync("plain")).Number("pid")!.Value,
                (int)(await box.WaitForStartAsync("family")).Number("pid")!.Value,
            ];
            await SavedAsync(folder, box);
            await box.CrashAsync();
            pids.Should().OnlyContain(pid => Signal.IsAlive(pid));
        }

        await using var again = await RunningBox.StartAsync(words);

        foreach (var id in new[] { "plain", "family" })
        {
            var job = await again.JobAsync(id);
            job.Text("state").Should().Be("failed");
            job.Text("error").Should().Be("crashed");
            job.Number("fail_count").Should().Be(1);
            job.Flag("active").Should().BeFalse();
            job.Find("pid").Should().BeNull();
        }

        pids.Should().OnlyContain(pid => !Signal.IsAlive(pid));
        (await again.JobAsync("queued")).Text("state").Should().Be("new");
    }

    [Fact]
    public async Task A_job_that_started_after_the_last_checkpoint_is_found_by_its_mark()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "state.checkpoint=0", "pools.p.slots=0"];
        int pid;
        await using (var box = await RunningBox.StartAsync(words))
        {
            var id = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
            pid = (int)(await box.WaitForStartAsync(id)).Number("pid")!.Value;
            await box.CrashAsync();
        }

        await using var again = await RunningBox.StartAsync(words);

        Signal.IsAlive(pid).Should().BeFalse();
        again.Log.Has($"processes left over from a previous run killed: {pid} (").Should().BeTrue();
    }

    [Fact]
    public async Task A_crash_counts_as_a_failure_that_is_retried()
    {
        using var folder = new TemporaryFolder();
        string[] words =
        [
            $"state.file={folder.File("state")}",
            "state.checkpoint=0.05",
            "state.expire=600",
            "pools.p.slots=0",
            "pools.p.restart_delay=0.01",
        ];
        var script = "test -e \"$0\" && exit 0; touch \"$0\"; exec sleep 1000";
        await using (var box = await RunningBox.StartAsync(words))
        {
            _ = await box.SubmitAsync(new { id = "a", pool = "p", args = Some.Shell(script, folder.File("second")), retries = 1 });
            _ = await box.WaitForStartAsync("a");
            _ = await box.WaitForFileAsync(folder.File("second"), _ => true);
            await SavedAsync(folder, box);
            await box.CrashAsync();
        }

        await using var again = await RunningBox.StartAsync(words);
        var job = await again.WaitForEndAsync("a");

        job.Text("state").Should().Be("done");
        job.Number("fail_count").Should().Be(1);
        job.Number("start_count").Should().Be(2);
    }

    [Fact]
    public async Task A_reused_pid_is_not_killed()
    {
        using var folder = new TemporaryFolder();
        using var stranger = System.Diagnostics.Process.Start("/bin/sleep", "1000");
        var file = folder.Write("state", $$$"""
            {"a":{"id":"a","pool":"p","node":"n1","args":["sleep","60"],"state":"running","active":true,
            "start_ts":1579000001.5,"ts":1579000001.6,"pid":{{{stranger.Id}}}}}
            """);

        await using var box = await RunningBox.StartAsync($"state.file={file}", "state.expire=600", "pools.p.slots=0");

        (await box.JobAsync("a")).Text("error").Should().Be("crashed");
        stranger.HasExited.Should().BeFalse();
        stranger.Kill();
    }

    [Fact]
    public async Task The_port_can_be_listened_on_again_at_once()
    {
        await using var box = await RunningBox.StartAsync();
        using var connection = await box.ConnectAsync();
        _ = await connection.AskAsync("[]");
        await box.CrashAsync();

        await using var again = await RunningBox.StartAsync($"listen.port={box.Port}");

        again.Port.Should().Be(box.Port);
    }

    private static Task<string> SavedAsync(TemporaryFolder folder, RunningBox box) => box.WaitForFileAsync(
        folder.File("state"),
        state => state.Contains("\"state\":\"running\"") && !state.Contains("\"state\":\"new\",\"active\":true"));
}
