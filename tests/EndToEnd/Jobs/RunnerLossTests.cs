using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>A runner that dies, or whose box does (docs/RUNNER.md#end).</summary>
public sealed class RunnerLossTests
{
    [Fact]
    public async Task Jobs_of_a_killed_runner_have_crashed_those_of_a_terminated_one_end_politely_and_the_next_job_has_another_one()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        var first = await RunnerAsync(box);
        var id = (await box.SubmitAsync(new { pool = "p", args = Some.Shell("sleep 1000 & wait") })).Text("id");
        var pid = (int)(await box.WaitForStartAsync(id)).Number("pid")!.Value;

        Signal.Send(first, Signal.Kill);

        var crashed = await box.WaitForEndAsync(id);
        (crashed.Text("state"), crashed.Text("error")).Should().Be(("failed", "crashed"));
        Signal.IsAlive(pid).Should().BeFalse();
        var second = await RunnerAsync(box);
        second.Should().NotBe(first);

        // As at a shutdown of the host.
        const string Script = "trap 'echo saved; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        id = (await box.SubmitAsync(new { pool = "p", args = Some.Shell(Script) })).Text("id");
        await WaitForOutputAsync(box, id);

        Signal.Send(second, Signal.Terminate);

        var ended = await box.WaitForEndAsync(id);
        (ended.Text("state"), ended.Number("rc"), ended.Printed()).Should().Be(("failed", 3, "ready\nsaved\n"));
        await Wait.Until(() => !Signal.IsAlive(second), () => "the runner stays", TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_runner_whose_folder_was_deleted_ends_its_jobs_and_itself_when_the_box_is_gone(bool isBefore)
    {
        using var folder = new TemporaryFolder();
        await using var box = await RunningBox.StartAsync("pools.p.slots=2", $"state.file={folder.File("state")}");
        var job = await box.WaitForStartAsync((await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id"));
        var pid = (int)job.Number("pid")!.Value;
        var runner = await RunnerAsync(box);
        if (isBefore)
            Directory.Delete(folder.File("state.runs"), recursive: true);

        await box.CrashAsync();
        if (!isBefore)
        {
            Signal.IsAlive(pid).Should().BeTrue();
            Directory.Delete(folder.File("state.runs"), recursive: true);
        }

        await Wait.Until(
            () => !Signal.IsAlive(pid) && !Signal.IsAlive(runner), () => "they stay", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_job_that_was_sent_to_a_runner_that_ends_is_started_by_the_next_one()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        var runner = await RunnerAsync(box);
        const string Script = "trap 'echo told; sleep 1; exit 4' TERM; sleep 1000 & wait";
        var slow = (await box.SubmitAsync(new { pool = "p", args = Some.Shell(Script) })).Text("id");
        _ = await box.WaitForStartAsync(slow);

        // Both wait for the runner: the end, and a job that it reads before or after it.
        Signal.Send(runner, Signal.Stop);
        Signal.Send(runner, Signal.Terminate);
        var unread = (await box.SubmitAsync(new { pool = "p", args = Some.True })).Text("id");
        Signal.Send(runner, Signal.Continue);
        await WaitForOutputAsync(box, slow);
        var next = await RunnerAsync(box);

        next.Should().NotBe(runner);
        (await box.WaitForEndAsync(unread)).Text("state").Should().Be("done");
        (await box.WaitForEndAsync(slow)).Number("rc").Should().Be(4);
        await Wait.Until(() => !Signal.IsAlive(runner), () => "the runner stays", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stopped_runner_holds_up_jobs_but_not_the_box_and_one_without_its_folder_loses_at_most_an_output()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        var runner = await RunnerAsync(box);
        var big = new string('x', 100_000);
        Signal.Send(runner, Signal.Stop);

        var ids = new List<string>();
        for (var count = 0; count < 20; count++)
            ids.Add((await box.SubmitAsync(new { pool = "p", args = Some.True, env = new { BIG = big } })).Text("id"));
        _ = await box.AskAsync("kill", ids[0]);
        Signal.Send(runner, Signal.Continue);

        (await box.WaitForEndAsync(ids[0])).Text("state").Should().Be("killed");
        (await box.WaitForEndAsync(ids[^1])).Text("state").Should().Be("done");

        const string Script = "echo lost; sleep 0.1; rm -rf \"$(tr '\\0' '\\n' < /proc/$PPID/cmdline | tail -n 1)\"";
        var job = await box.RunAsync(new { pool = "p", args = Some.Shell(Script) });
        var next = await box.RunAsync(new { pool = "p", args = Some.Shell("echo kept") });

        (job.Text("state"), job.Number("rc")).Should().Be(("done", 0));
        await box.WaitForLogAsync("its stdout is lost: ");
        next.Printed().Should().Be("kept\n");
    }

    [Fact]
    public async Task A_killed_box_without_a_state_file_leaves_nothing_in_the_folder_of_temporary_files()
    {
        using var folder = new TemporaryFolder();
        var start = new BoxStart("pools.p=") { Environment = new Dictionary<string, string> { ["TMPDIR"] = folder.Path } };
        await using var box = await RunningBox.StartAsync(start);
        _ = await box.RunAsync(new { pool = "p", args = Some.Shell("head -c 100000 /dev/zero") });

        await box.CrashAsync();

        await Wait.Until(
            () => Directory.GetFileSystemEntries(folder.Path, "meeseeks-box-*").Length is 0,
            () => "the folder is left", TestContext.Current.CancellationToken);
    }

    private static async Task WaitForOutputAsync(RunningBox box, string id) => _ = await box.WaitForAsync(
        async () => (await box.AskObjectAsync(new { tail = new { id } })).Find("tail"), tail => tail?.Text("data").Length > 0);

    private static async Task<int> RunnerAsync(RunningBox box) =>
        int.Parse((await box.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID") })).Printed());
}
