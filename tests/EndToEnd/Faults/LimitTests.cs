using System.Globalization;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>Limits of the system (ulimit; docs/OPERATIONS.md#limits) fail only the job that reaches them.</summary>
public sealed class LimitTests
{
    private const int Plenty = 1000;

    [Fact]
    public async Task Without_free_descriptors_a_job_waits_until_there_are_some_and_does_not_hold_up_those_behind_it()
    {
        await using var box = await StartWithFewHandlesAsync();
        var (running, waiting) = await UseHandlesUpAsync(box);
        var broken = (await box.SubmitAsync(new { pool = "p", args = new[] { "/no/such/program" } })).Text("id");
        var behind = (await box.SubmitAsync(new { pool = "p", args = Some.True })).Text("id");

        foreach (var job in running.Take(5))
            _ = await box.AskAsync("kill", job);

        (await box.WaitForStartAsync(waiting)).Number("fail_count").Should().Be(0);
        box.Log.Lines.Should().Contain(line => line.Contains($"job {waiting}: cannot keep its output: Too many open files"));
        (await box.WaitForEndAsync(broken)).Text("error").Should().StartWith("no such program");
        (await box.WaitForEndAsync(behind)).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task Without_free_descriptors_jobs_that_wait_can_be_killed_and_a_kill_finds_the_whole_process_tree()
    {
        using var folder = new TemporaryFolder();
        await using var box = await StartWithFewHandlesAsync();
        var pids = await StartFamilyAsync(box, folder);
        var (_, waiting) = await UseHandlesUpAsync(box);
        var behind = (await box.SubmitAsync(new { pool = "p", args = Some.True })).Text("id");

        _ = await box.AskAsync("kill", waiting);
        _ = await box.AskAsync("kill", behind);
        _ = await box.AskAsync("kill", "family");

        (await box.WaitForEndAsync(waiting)).Text("state").Should().Be("killed");
        (await box.WaitForEndAsync(behind)).Text("state").Should().Be("killed");
        (await box.WaitForEndAsync("family")).Text("state").Should().Be("killed");
        pids.Should().OnlyContain(pid => !Signal.IsAlive(pid));
    }

    [Fact]
    public async Task At_the_limit_of_processes_a_job_waits_and_runs_when_there_are_fewer()
    {
        Tool.NeedsRoot("a box of another user, which is not exempt from the limit");

        // No other program uses this user, so only the processes of the box count.
        var user = $"{60_000_000 + Environment.ProcessId}";
        using var folder = new TemporaryFolder();
        Tool.Run("setpriv", $"--reuid={user}", "--clear-groups", "ls", BoxProgram.Folder);
        await using var box = await RunningBox.StartAsync(new BoxStart("pools.p.slots=0")
        {
            Prefix = ["setpriv", $"--reuid={user}", "--clear-groups"],
        });
        var first = await box.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID"), cwd = "/" });
        var runner = first.Printed().Trim();
        Tool.Run("prlimit", "--pid", runner, "--nproc=1:");

        _ = await box.SubmitAsync(new { id = "waiting", pool = "p", args = Some.True, cwd = "/" });
        await box.WaitForLogAsync("job waiting: cannot start /bin/true: Resource temporarily unavailable");
        Tool.Run("prlimit", "--pid", runner, $"--nproc={Plenty}:");

        var job = await box.WaitForEndAsync("waiting");
        (job.Text("state"), job.Number("fail_count")).Should().Be(("done", 0));
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
        new BoxStart("pools.p.slots=0") { Prefix = ["prlimit", "--nofile=200:200"] });

    // Starts jobs until one waits because the others have used up the limit.
    private static async Task<(List<string> Running, string Waiting)> UseHandlesUpAsync(RunningBox box)
    {
        var running = new List<string>();
        while (true)
        {
            var id = Some.Id();
            _ = await box.SubmitAsync(new { id, pool = "p", args = Some.Sleep });
            var job = await box.WaitForAsync(
                () => box.JobAsync(id), job => job.Text("state") is "running" || box.Log.Has($"job {id}: cannot "));
            if (job.Text("state") is not "running")
                return (running, id);
            running.Add(id);
        }
    }
}
