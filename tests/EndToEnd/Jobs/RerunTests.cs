using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Retries, restart, resubmit, restart_delay (docs/SPECIFICATION.md#restart-and-retries).</summary>
public sealed class RerunTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task Retries_are_further_runs_after_failures()
    {
        using var folder = new TemporaryFolder();
        var runs = folder.File("runs");

        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Shell("echo x >>\"$0\"; exit 5", runs), retries = 2 })).Text("id");
        var job = await Box.WaitForJobAsync(id, job => job.Text("state") is "failed");

        job.Number("start_count").Should().Be(3);
        job.Number("fail_count").Should().Be(3);
        job.Number("rc").Should().Be(5);
        (await File.ReadAllTextAsync(runs, TestContext.Current.CancellationToken)).Should().Be("x\nx\nx\n");
    }

    [Fact]
    public async Task A_retry_that_succeeds_is_the_end()
    {
        using var folder = new TemporaryFolder();

        var job = await Box.RunAsync(
            new { pool = "p", args = Some.Shell("test -e \"$0\" || { touch \"$0\"; exit 1; }", folder.File("second")), retries = 9 });

        job.Text("state").Should().Be("done");
        job.Number("start_count").Should().Be(2);
        job.Number("fail_count").Should().Be(1);
    }

    [Fact]
    public async Task A_failed_start_is_retried_too()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = new[] { "/no/such/program" }, retries = 1 })).Text("id");

        var job = await Box.WaitForJobAsync(id, job => job.Text("state") is "failed");

        job.Number("fail_count").Should().Be(2);
        job.Number("start_count").Should().Be(0);
    }

    [Fact]
    public async Task Restart_runs_it_again_after_success_and_not_after_a_failure()
    {
        using var folder = new TemporaryFolder();
        var script = "echo x >>\"$0\"; test $(wc -l <\"$0\") -lt 3";

        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Shell(script, folder.File("runs")), restart = 1 })).Text("id");
        var job = await Box.WaitForJobAsync(id, job => job.Text("state") is "failed");

        job.Number("start_count").Should().Be(3);
        job.Number("fail_count").Should().Be(1);
    }

    [Fact]
    public async Task Resubmit_runs_it_again_after_any_end_and_resets_its_counts()
    {
        using var folder = new TemporaryFolder();
        var runs = folder.File("runs");
        var script = "echo x >>\"$0\"; if test $(wc -l <\"$0\") -ge 4; then sleep 1000; fi; exit $(( $(wc -l <\"$0\") % 2 ))";

        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Shell(script, runs), resubmit = true })).Text("id");
        await Box.WaitForAsync(() => Task.FromResult(File.Exists(runs) ? File.ReadAllLines(runs).Length : 0), count => count is 4);
        var job = await Box.WaitForStartAsync(id);

        job.Number("start_count").Should().Be(1);
        job.Number("fail_count").Should().Be(0);
        _ = await Box.AskAsync("kill", id);
    }

    [Fact]
    public async Task No_run_begins_before_the_restart_delay_is_over()
    {
        using var folder = new TemporaryFolder();
        var times = folder.File("times");

        var script = Some.Shell("date +%s.%N >>\"$0\"; exit 1", times);
        var id = (await Box.SubmitAsync(new { pool = "slow", args = script, retries = 2 })).Text("id");
        _ = await Box.WaitForJobAsync(id, job => job.Text("state") is "failed");
        var seconds = File.ReadLines(times).Select(double.Parse).ToArray();

        seconds.Should().HaveCount(3);
        (seconds[1] - seconds[0]).Should().BeGreaterThan(0.39);
        (seconds[2] - seconds[1]).Should().BeGreaterThan(0.39);
    }

    [Fact]
    public async Task Between_runs_it_is_new_with_the_results_of_the_last_run()
    {
        var id = (await Box.SubmitAsync(new { pool = "later", args = Some.Shell("echo output; exit 6"), retries = 1 })).Text("id");

        var job = await Box.WaitForJobAsync(id, job => job.Text("state") is "new" && job.Number("start_count") is 1);

        job.Number("rc").Should().Be(6);
        job.Printed().Should().Be("output\n");
        job.Number("fail_count").Should().Be(1);
    }
}
