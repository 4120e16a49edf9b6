using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A job that was removed while a link was cut stays ended after a restart (docs/SPECIFICATION.md#tombstones).</summary>
public sealed class RemovedJobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string StateFile => _folder.File("state");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("state.checkpoint=600", false)]
    [InlineData("state.checkpoint=600", true)]
    [InlineData("state.checkpoint=0.05", true)]
    [InlineData("state.durable=false", false)]
    public async Task A_job_that_was_removed_at_its_node_does_not_run_again(string setting, bool crashes)
    {
        string[] words = ["name=node", "pools.p.slots=1", $"state.file={StateFile}", "state.expire=0.4", setting];
        var node = await RunningBox.StartAsync(words);
        try
        {
            await using var proxy = Proxy.Before(node.Port);
            await using var head = await RunningBox.StartAsync(
                "name=head", Tree.Link("node", proxy.Port), "state.expire=600", "state.timeout=600");
            await head.WaitForPoolAsync("p", "node");
            var wait = Some.Shell("echo >> \"$0.ran\"; until [ -e \"$0\" ]; do sleep 0.01; done", _folder.File("go"));
            var print = Some.Shell("echo >> \"$0.ran\"; head -c 2000 /dev/zero", _folder.File("go"));
            _ = await head.SubmitAsync(new { id = "running", pool = "p", node = "node", args = wait });
            _ = await head.WaitForStartAsync("running");
            _ = await head.SubmitAsync(new { id = "waiting", pool = "p", node = "node", args = print });
            _ = await node.WaitForJobAsync("waiting", job => job.Text("state") is "new");

            proxy.Cut();
            await head.WaitForLogAsync("down: node");
            await File.WriteAllTextAsync(_folder.File("go"), "", TestContext.Current.CancellationToken);
            _ = await node.WaitForAsync(() => node.JobAsync("waiting"), job => job.ToString() is "False");
            if (setting is "state.checkpoint=0.05")
                await CheckpointAsync(node);
            else if (crashes)
                _ = await WaitForJournalAsync(node, "waiting");

            // The second start has nothing but what the first one has loaded.
            for (var restarts = 0; restarts < 2; restarts++)
            {
                await EndAsync(node, crashes);
                await node.DisposeAsync();
                node = await RunningBox.StartAsync([.. words, $"listen.port={node.Port}"]);
            }

            proxy.Heal();
            var (first, second) = (await head.WaitForEndAsync("running"), await head.WaitForEndAsync("waiting"));
            File.ReadAllText(_folder.File("go.ran")).Should().Be("\n\n", "each job ran once");
            (first.Text("state"), second.Text("state"), second.Printed().Length).Should().Be(("done", "done", 2000));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kill_of_a_job_that_was_removed_at_the_head_reaches_the_node_that_runs_it(bool crashes)
    {
        await using var node = await RunningBox.StartAsync("name=node", "pools.p.slots=1");
        await using var proxy = Proxy.Before(node.Port);
        string[] words =
            ["name=head", Tree.Link("node", proxy.Port), $"state.file={StateFile}", "state.expire=600", "state.checkpoint=600"];
        await using (var head = await RunningBox.StartAsync(words))
        {
            await head.WaitForPoolAsync("p", "node");
            _ = await head.SubmitAsync(new { id = "a", pool = "p", node = "node", args = Some.Sleep });
            _ = await head.WaitForStartAsync("a");

            proxy.Cut();
            (await head.AskAsync("kill", "a")).Text("state").Should().Be("killed");
            _ = await head.AskAsync("config", new { state = new { expire = 0.1, timeout = 0.1 } });
            _ = await head.WaitForAsync(() => head.JobAsync("a"), job => job.ToString() is "False");
            _ = await WaitForJournalAsync(head, "a");
            await EndAsync(head, crashes);
        }

        await using var again = await RunningBox.StartAsync(words);
        (await node.JobAsync("a")).Text("state").Should().Be("running");
        proxy.Heal();

        (await node.WaitForEndAsync("a")).Text("state").Should().Be("killed");
    }

    // Deletes the journal that has the removed jobs.
    private async Task CheckpointAsync(RunningBox box)
    {
        _ = await box.SubmitAsync(new { id = "later", pool = "nowhere", args = Some.True });
        _ = await box.WaitForFileAsync(
            StateFile, text => text.Contains("later") && !text.Contains("\"waiting\"") && !File.Exists(StateFile + ".journal.old"));
    }

    // A crash loses what is not written yet: a job that is in the table again needs no tombstone.
    private Task<string> WaitForJournalAsync(RunningBox box, string removed) =>
        box.WaitForFileAsync(StateFile + ".journal", text => text.Contains($"{{\"gone\":\"{removed}\""));

    private static async Task EndAsync(RunningBox box, bool crashes)
    {
        if (crashes)
            await box.CrashAsync();
        else
            (await box.StopAsync()).Should().Be(0);
    }
}
