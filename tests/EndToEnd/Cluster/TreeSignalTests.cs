using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A signal that is sent at the top of a tree reaches the process at the bottom (docs/SPECIFICATION.md#signals).</summary>
[Collection(nameof(SmallTree))]
public sealed class TreeSignalTests(SmallTree tree)
{
    [Fact]
    public async Task A_signal_reaches_the_process_of_a_job_and_changes_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var stdout = folder.File("said");
        var args = Some.Shell("trap 'echo got it' USR1; echo ready; while :; do sleep 0.02; done");
        var id = (await tree.Master.SubmitAsync(new { pool = "p", node = "node1", args, stdout })).Text("id");
        await tree.Node1.WaitForFileAsync(stdout, text => text == "ready\n");
        var before = await tree.Master.WaitForJobAsync(id, job => job.Text("state") is "running");
        using var client = await tree.Master.ConnectAsync();

        var answer = (await client.AskAsync(JsonSerializer.Serialize(new[] { new { kill = id, signal = "usr1" } })))[0];
        await tree.Node1.WaitForFileAsync(stdout, text => text == "ready\ngot it\n");
        var refused = (await client.AskAsync(JsonSerializer.Serialize(new[] { new { kill = new[] { "nosuch" }, signal = 10 } })))[0];

        answer.Text("signal").Should().Be("SIGUSR1");
        var job = answer.Find("kill")!.Value;
        (job.Text("state"), job.Number("pid")).Should().Be(("running", before.Number("pid")));
        refused.GetProperty("kill").GetProperty("nosuch").ValueKind.Should().Be(JsonValueKind.False);
        refused.Text("error").Should().Be("there is no job 'nosuch'; it may have ended and expired");
        await tree.Master.AskAsync("kill", id);
    }

    // docs/SPECIFICATION.md#suspension
    [Fact]
    public async Task A_job_is_suspended_from_the_top_until_it_is_resumed()
    {
        var id = (await tree.Master.SubmitAsync(new { pool = "p", node = "node1", args = Some.Sleep })).Text("id");
        var pid = (int)(await tree.Master.WaitForJobAsync(id, job => job.Text("state") is "running")).Number("pid")!.Value;

        var suspended = await tree.Master.AskAsync("suspend", id);
        await Wait.Until(() => Signal.IsStopped(pid), () => "it is not stopped", TestContext.Current.CancellationToken);
        var below = await tree.Node1.JobAsync(id);
        _ = await tree.Head.AskAsync("resume", new[] { id });
        await Wait.Until(() => !Signal.IsStopped(pid), () => "it is stopped", TestContext.Current.CancellationToken);
        var above = await tree.Master.WaitForJobAsync(id, job => !job.Flag("suspended"));

        (suspended.Flag("suspended"), below.Flag("suspended"), below.Text("state")).Should().Be((true, true, "running"));
        (above.Text("state"), above.Number("start_count"), Signal.IsAlive(pid)).Should().Be(("running", 1, true));
        await tree.Master.AskAsync("kill", id);
    }
}
