using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Configuration by request, and at a distance (docs/SPECIFICATION.md#config-request).</summary>
/// <remarks>Each test changes pools of its own.</remarks>
[Collection(nameof(ChangingBox))]
public sealed class ConfigTests(ChangingBox shared)
{
    private RunningBox Box => shared.Box;

    [Fact]
    public async Task Settings_are_merged_and_applied()
    {
        var config = await Box.AskAsync("config", new { pools = new { merged = new { slots = 3 }, added = new { slots = 1 } } });
        var job = await Box.RunAsync(new { pool = "added", args = Some.True });

        var pools = config.GetProperty("pools");
        pools.GetProperty("merged").GetRawText().Should().Be("""{"output_limit":1000,"slots":3}""");
        pools.GetProperty("added").GetRawText().Should().Be("""{"slots":1}""");
        (await FreeSlotsAsync("merged")).Should().Be("""{"n1":3}""");
        (await FreeSlotsAsync("added")).Should().Be("""{"n1":1}""");
        job.Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_key_with_an_exclamation_mark_removes_a_pool_and_kills_its_jobs()
    {
        var gone = (await Box.SubmitAsync(new { pool = "removed", args = Some.Sleep })).Text("id");
        var kept = (await Box.SubmitAsync(new { pool = "kept", args = Some.Sleep })).Text("id");
        _ = await Box.WaitForStartAsync(gone);
        var pid = (await Box.WaitForStartAsync(kept)).Number("pid");

        _ = await Box.AskAsync("config", new { pools = new Dictionary<string, object?> { ["!removed"] = null } });
        var ended = await Box.WaitForEndAsync(gone);

        ended.Text("state").Should().Be("failed");
        ended.Text("error").Should().Contain("pool");
        (await Box.AskAsync("pools", new { })).Keys().Should().Contain("kept").And.NotContain("removed");
        (await Box.JobAsync(kept)).Number("pid").Should().Be(pid);
    }

    [Fact]
    public async Task A_pool_that_comes_back_runs_jobs_again()
    {
        _ = await Box.AskAsync("config", new { pools = new Dictionary<string, object?> { ["!back"] = null } });
        var waiting = await Box.SubmitAsync(new { pool = "back", args = Some.True });

        _ = await Box.AskAsync("config", new { pools = new { back = new { slots = 1 } } });
        var job = await Box.WaitForEndAsync(waiting.Text("id"));

        waiting.GetProperty("node").ToString().Should().Be("False");
        job.Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_job_in_pool___config_changes_the_config_and_returns_the_one_in_force()
    {
        var job = await Box.RunAsync(new { pool = "__config", node = "n1", args = new { pools = new { distant = new { slots = 5 } } } });

        job.Text("state").Should().Be("done");
        job.GetProperty("args").GetProperty("pools").GetProperty("distant").GetRawText().Should().Be("""{"slots":5}""");
        (await FreeSlotsAsync("distant")).Should().Be("""{"n1":5}""");
    }

    [Fact]
    public async Task A_job_in_pool___config_has_the_warnings_of_its_last_run_only()
    {
        var job = await Box.RunAsync(new { pool = "__config", node = "n1", args = new { pools = new { noted = new { slotz = 5 } } } });
        var fixedSettings = new Dictionary<string, object?> { ["slots"] = 5, ["!slotz"] = null };

        _ = await Box.SubmitAsync(new { id = job.Text("id"), state = "new", args = new { pools = new { noted = fixedSettings } } });
        var again = await Box.WaitForEndAsync(job.Text("id"));

        job.Text("state").Should().Be("done");
        job.GetProperty("warnings")[0].GetString().Should().StartWith("config request: pools.noted.slotz: unknown key");
        again.GetProperty("warnings").GetArrayLength().Should().Be(0);
    }

    private async Task<string> FreeSlotsAsync(string pool) => (await Box.AskAsync("pools", new { })).GetProperty(pool).GetRawText();
}
