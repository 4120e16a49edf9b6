using System.Globalization;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>Limits of the system (ulimit; docs/OPERATIONS.md#limits) fail only the job that reaches them.</summary>
public sealed class LimitTests
{
    private const int Plenty = 1000;

    [Fact]
    public async Task Without_free_descriptors_a_job_fails_with_the_reason_and_runs_later()
    {
        await using var box = await StartWithFewHandlesAsync();
        var (failed, hungry) = await UseHandlesUpAsync(box);
        var retried = await SubmitUntilOneIsRetriedAsync(box);

        _ = await box.AskAsync("kill", hungry);

        failed.Text("error").Should().Contain("Too many open files");
        (await box.WaitForJobAsync(retried, job => job.Text("state") is "running")).Number("fail_count").Should().BePositive();
    }

    [Fact]
    public async Task Without_free_descriptors_a_kill_finds_the_whole_process_tree()
    {
        using var folder = new TemporaryFolder();
        await using var box = await StartWithFewHandlesAsync();
        var pids = await StartFamilyAsync(box, folder);
        _ = await UseHandlesUpAsync(box);

        _ = await box.AskAsync("kill", "family");
        var job = await box.WaitForEndAsync("family");

        job.Text("state").Should().Be("killed");
        pids.Should().OnlyContain(pid => !Signal.IsAlive(pid));
    }

    [Fact]
    public async Task At_the_limit_of_processes_a_job_fails_with_the_reason_and_the_next_one_runs()
    {
        Tool.NeedsRoot("a box of another user, which is not exempt from the limit");

        // No other program uses this user, so only the processes of the box count.
        var user = $"{60_000_000 + Environment.ProcessId}";
        using var folder = new TemporaryFolder();
        Tool.Run("setpriv", $"--reuid={user}", "--clear-groups", "ls", BoxProgram.Folder);
        await using var box = await RunningBox.StartAsync(new BoxStart("pools.p.slots=0", "pools.p.restart_delay=0.1")
        {
            Prefix = ["setpriv", $"--reuid={user}", "--clear-groups"],
        });
        var first = await box.RunAsync(new { pool = "p", args = Some.True, cwd = "/" });
        Tool.Run("prlimit", "--pid", $"{box.Pid}", "--nproc=1:");

        var failed = await box.RunAsync(new { pool = "p", args = Some.True, cwd = "/" });
        _ = await box.SubmitAsync(new { id = "retried", pool = "p", args = Some.True, cwd = "/", retries = 1000 });
        _ = await box.WaitForJobAsync("retried", job => job.Number("fail_count") > 0);
        Tool.Run("prlimit", "--pid", $"{box.Pid}", $"--nproc={Plenty}:");

        first.Text("state").Should().Be("done");
        failed.Text("state").Should().Be("failed");
        failed.Text("error").Should().Contain("cannot start").And.Contain("Resource temporarily unavailable");
        (await box.WaitForEndAsync("retried")).Text("state").Should().Be("done");
    }

    // The job that failed has freed its descriptors, which some more jobs may take.
    private static async Task<string> SubmitUntilOneIsRetriedAsync(RunningBox box)
    {
        for (var number = 0; ; number++)
        {
            var id = $"retried{number}";
            _ = await box.SubmitAsync(new { id, pool = "p", args = Some.Sleep, retries = 1000 });
            var job = await box.WaitForJobAsync(id, job => job.Text("state") is "running" || job.Number("fail_count") > 0);
            if (job.Number("fail_count") > 0)
                return id;
        }
    }

    private static async Task<int[]> StartFamilyAsync(RunningBox box, TemporaryFolder folder)
    {
        var said = folder.File("said");
        _ = await box.SubmitAsync(
            new { id = "family", pool = "p", args = new[] { TestProgram.Path, "new-session", "1000" }, stdout = said });
        var child = int.Parse(await box.WaitForFileAsync(said, text => text.EndsWith('\n')), CultureInfo.InvariantCulture);
        return [(int)(await box.WaitForStartAsync("family")).Number("pid")!.Value, child];
    }

    private static Task<RunningBox> StartWithFewHandlesAsync() => RunningBox.StartAsync(
        new BoxStart("pools.p.slots=0", "pools.p.restart_delay=0.1") { Prefix = ["prlimit", "--nofile=300:300"] });

    // Starts jobs until one fails because the others have used up the limit.
    private static async Task<(JsonElement Refused, List<string> Running)> UseHandlesUpAsync(RunningBox box)
    {
        var running = new List<string>();
        while (true)
        {
            var id = Some.Id();
            _ = await box.SubmitAsync(new { id, pool = "p", args = Some.Sleep });
            var job = await box.WaitForJobAsync(id, job => job.Text("state") is not "new");
            if (job.Text("state") is not "running")
                return (job, running);
            running.Add(id);
        }
    }
}
