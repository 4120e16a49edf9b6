using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Kill, kill_grace, runtime and max_runtime (docs/SPECIFICATION.md#kill).</summary>
public sealed class EndingTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task A_killed_job_is_killed_with_the_signal_as_its_rc()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var pid = (int)(await Box.WaitForStartAsync(id)).Number("pid")!.Value;

        var answer = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        answer.Text("state").Should().Be("killed");
        job.Text("state").Should().Be("killed");
        job.Number("rc").Should().Be(-9);
        job.Number("fail_count").Should().Be(0);
        job.Find("pid").Should().BeNull();
        Signal.IsAlive(pid).Should().BeFalse();
    }

    [Theory]
    [InlineData("spawn-child")]
    [InlineData("new-session")]
    [InlineData("hide-child")]
    public async Task A_kill_reaches_the_whole_process_tree(string verb)
    {
        using var folder = new TemporaryFolder();
        var said = folder.File("said");
        var id = (await Box.SubmitAsync(new { pool = "p", args = new[] { TestProgram.Path, verb, "1000" }, stdout = said })).Text("id");
        var child = int.Parse(await Box.WaitForFileAsync(said, text => text.EndsWith('\n')));
        Signal.IsAlive(child).Should().BeTrue();

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        Signal.IsAlive(child).Should().BeFalse();
    }

    [Fact]
    public async Task With_kill_grace_a_job_receives_SIGTERM_first()
    {
        using var folder = new TemporaryFolder();
        var said = folder.File("said");
        var script = Some.Shell("trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.01; done");
        var id = (await Box.SubmitAsync(new { pool = "patient", args = script, stdout = said })).Text("id");
        await Box.WaitForFileAsync(said, text => text == "ready\n");

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        job.Number("rc").Should().Be(4);
        (await File.ReadAllTextAsync(said, TestContext.Current.CancellationToken)).Should().Be("ready\nbye\n");
    }

    [Fact]
    public async Task A_grace_longer_than_any_timer_works()
    {
        var id = (await Box.SubmitAsync(new { pool = "endless", args = Some.Sleep })).Text("id");
        _ = await Box.WaitForStartAsync(id);

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        job.Number("rc").Should().Be(-15);
    }

    [Fact]
    public async Task A_job_that_ignores_SIGTERM_is_killed_after_the_grace()
    {
        using var folder = new TemporaryFolder();
        var said = folder.File("said");
        var script = Some.Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        var id = (await Box.SubmitAsync(new { pool = "hasty", args = script, stdout = said })).Text("id");
        await Box.WaitForFileAsync(said, text => text == "ready\n");

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        job.Number("rc").Should().Be(-9);
    }

    [Fact]
    public async Task A_job_that_waits_is_killed_at_once()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.True, hold = true })).Text("id");

        var job = await Box.AskAsync("kill", id);

        job.Text("state").Should().Be("killed");
        job.Flag("active").Should().BeFalse();
        job.Find("rc").Should().BeNull();
        job.Number("start_count").Should().Be(0);
    }

    [Fact]
    public async Task Kill_of_an_ended_job_changes_nothing_and_answers_it()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.True });

        var answer = await Box.AskAsync("kill", job.Text("id"));

        answer.ToString().Should().Be(job.ToString());
    }

    [Fact]
    public async Task A_killed_job_does_not_run_again_whatever_its_spec()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Sleep, retries = 5, restart = true, resubmit = true })).Text("id");
        _ = await Box.WaitForStartAsync(id);

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        job.Number("start_count").Should().Be(1);
    }

    [Fact]
    public async Task A_job_over_its_runtime_fails_with_the_reason()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.Sleep, runtime = 0.2 });

        IsOverdue(job, "0.2").Should().BeTrue(job.ToString());
    }

    [Fact]
    public async Task A_job_over_its_memory_fails_with_the_reason_and_its_retries_apply()
    {
        var id = Some.Id();
        var program = new[] { TestProgram.Path, "grow", "200", "1000" };

        var run = await Box.ClientAsync(["sub", $"id={id}", "memory=100M", "cpus=0.5", "retries=1", "p", .. program]);
        var job = await Box.WaitForEndAsync(id);

        run.Json.Find(id)!.Value.Number("memory").Should().Be(104_857_600);
        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Be("exceeded memory of 100 MB");
        job.Number("rc").Should().Be(-9);
        job.Number("fail_count").Should().Be(2);
        job.Number("cpus").Should().Be(0.5);
    }

    [Fact]
    public async Task A_job_over_the_max_runtime_of_its_pool_fails_with_the_reason()
    {
        var job = await Box.RunAsync(new { pool = "strict", args = Some.Sleep, runtime = 1000 });

        IsOverdue(job, "0.2").Should().BeTrue(job.ToString());
    }

    [Fact]
    public async Task A_runtime_that_is_set_while_the_job_runs_counts_from_its_start()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        _ = await Box.WaitForStartAsync(id);

        _ = await Box.SubmitAsync(new { id, runtime = "0.1" });
        var job = await Box.WaitForEndAsync(id);

        IsOverdue(job, "0.1").Should().BeTrue(job.ToString());
    }

    private static bool IsOverdue(JsonElement job, string seconds) =>
        job.Text("state") is "failed"
            && job.Text("error") == $"exceeded runtime of {seconds} s"
            && job.Number("fail_count") is 1
            && job.Number("rc") is -9;
}
