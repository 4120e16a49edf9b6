using System.Globalization;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>docs/OPERATIONS.md, when something breaks: the limits of the system (ulimit). They cost the job that meets them, and nobody else.</summary>
public sealed class LimitTests
{
    private const int Plenty = 1000;

    [Fact]
    public async Task Without_a_handle_left_a_job_fails_with_the_reason_and_the_next_one_runs()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0", "pools.p.restart_delay=0.1");
        _ = await box.RunAsync(new { pool = "p", args = Some.True });
        LeaveNoHandle(box);

        var failed = await box.RunAsync(new { pool = "p", args = Some.True });
        var retried = await box.SubmitAsync(new { id = "retried", pool = "p", args = Some.True, retries = 1000 });
        _ = await box.WaitForJobAsync("retried", job => job.Number("fail_count") > 0);
        LimitHandles(box, Plenty);

        failed.Text("state").Should().Be("failed");
        failed.Text("error").Should().Contain("Too many open files");
        (await box.WaitForEndAsync("retried")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task Without_a_handle_left_a_kill_waits_for_one_to_find_the_whole_family()
    {
        using var folder = new TemporaryFolder();
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        var pids = await StartFamilyAsync(box, folder);
        LeaveNoHandle(box);

        _ = await box.AskAsync("kill", "family");
        LimitHandles(box, Plenty);
        var job = await box.WaitForEndAsync("family");

        job.Text("state").Should().Be("killed");
        pids.Should().OnlyContain(pid => !Signal.IsAlive(pid));
    }

    [Fact]
    public async Task When_there_is_none_for_long_at_least_the_job_s_own_process_is_killed_and_that_is_said()
    {
        using var folder = new TemporaryFolder();
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        var pids = await StartFamilyAsync(box, folder);
        LeaveNoHandle(box);

        _ = await box.AskAsync("kill", "family");
        var job = await box.WaitForEndAsync("family");
        LimitHandles(box, Plenty);

        job.Text("state").Should().Be("killed");
        Signal.IsAlive(pids[0]).Should().BeFalse();
        box.Log.Has("what came of it could not be looked for: Too many open files").Should().BeTrue();
        Signal.Send(pids[1], 9);
    }

    [Fact]
    public async Task Without_a_process_left_a_job_fails_with_the_reason_and_the_next_one_runs()
    {
        Tool.NeedsRoot("a box of another user, which is not exempt from the limit");

        // Nobody else has this user, so that nobody's processes count but the box's.
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

    private static async Task<int[]> StartFamilyAsync(RunningBox box, TemporaryFolder folder)
    {
        var said = folder.File("said");
        _ = await box.SubmitAsync(new { id = "family", pool = "p", args = new[] { TestProgram.Path, "new-session", "1000" }, stdout = said });
        var child = int.Parse(await box.WaitForFileAsync(said, text => text.EndsWith('\n')), CultureInfo.InvariantCulture);
        return [(int)(await box.WaitForStartAsync("family")).Number("pid")!.Value, child];
    }

    // The limit is one above the highest number that may be given out.
    private static void LeaveNoHandle(RunningBox box)
    {
        var taken = Directory.GetFiles($"/proc/{box.Pid}/fd").Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture)).ToHashSet();
        LimitHandles(box, Enumerable.Range(0, Plenty).First(number => !taken.Contains(number)));
    }

    private static void LimitHandles(RunningBox box, int limit) => Tool.Run("prlimit", "--pid", $"{box.Pid}", $"--nofile={limit}:");
}
