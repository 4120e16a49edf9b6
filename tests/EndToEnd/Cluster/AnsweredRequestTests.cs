using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>
/// A head answers requests while its node is out of reach and goes on by itself (docs/SPECIFICATION.md#answered-requests).
/// </summary>
public sealed class AnsweredRequestTests
{
    [Fact]
    public async Task A_kill_and_changes_reach_jobs_that_have_run_on_and_again_meanwhile()
    {
        using var folder = new TemporaryFolder();
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p.slots=0", "pools.p.restart_delay=0");
        await using var proxy = Proxy.Before(node.Port);
        var head = await tree.StartAsync("head", Tree.Link("node", proxy.Port), "state.expire=600");
        await head.WaitForPoolAsync("p", "node");

        var wait = Some.Shell("until [ -e \"$0\" ]; do sleep 0.01; done", folder.File("go"));
        _ = await head.SubmitAsync(new { id = "killed", pool = "p", node = "node", args = Some.Shell("sleep 0.1"), resubmit = true });
        _ = await head.SubmitAsync(new { id = "changed", pool = "p", node = "node", args = Some.Shell("sleep 0.1"), restart = true });
        _ = await head.SubmitAsync(new { id = "tagged", pool = "p", node = "node", args = wait, retries = 1 });
        foreach (var id in new[] { "killed", "changed", "tagged" })
            _ = await head.WaitForStartAsync(id);

        proxy.Cut();
        await head.WaitForLogAsync("down: node");
        (await head.AskAsync("kill", "killed")).Text("state").Should().Be("killed");
        _ = await head.SubmitAsync(new { id = "changed", restart = false });
        _ = await head.SubmitAsync(new { id = "tagged", tags = new[] { "t" }, retries = 0 });
        _ = await node.SubmitAsync(new { id = "tagged", runtime = 500 });
        var epoch = (await node.JobAsync("killed")).Number("epoch") ?? 0;
        var starts = (await node.JobAsync("changed")).Number("start_count");
        _ = await node.WaitForJobAsync("killed", job => job.Number("epoch") > epoch + 1);
        _ = await node.WaitForJobAsync("changed", job => job.Number("start_count") > starts + 1);
        await File.WriteAllTextAsync(folder.File("go"), "", TestContext.Current.CancellationToken);
        (await node.WaitForEndAsync("tagged")).Text("state").Should().Be("done");
        proxy.Heal();

        foreach (var box in new[] { head, node })
        {
            (await box.WaitForEndAsync("killed")).Text("state").Should().Be("killed");
            (await box.WaitForEndAsync("changed")).Text("state").Should().Be("done");
            var tagged = await box.WaitForJobAsync(
                "tagged", job => job.GetProperty("tags").GetArrayLength() is 1 && job.Text("state") is "done");
            (tagged.Number("runtime"), tagged.Number("retries")).Should().Be((500, 0));
        }
    }

    [Fact]
    public async Task A_kill_reaches_a_node_that_accepts_only_short_lines_and_a_job_goes_to_a_node_that_accepts_it()
    {
        await using var tree = new Tree();
        var node = await tree.StartAsync(
            "node", "pools.p.slots=0", "pools.p.restart_delay=600", "pools.p.output_limit=100000", "listen.max_request=5000");
        var other = await tree.StartAsync("other", "pools.p.slots=1");
        var head = await tree.StartAsync("head", [.. Tree.Links(("node", node.Port), ("other", other.Port))]);
        await head.WaitForPoolAsync("p", "node", "other");
        var text = new string('x', 20_000);

        // Too long by its output, by a change, and from the beginning.
        _ = await head.SubmitAsync(
            new { id = "printed", pool = "p", node = "node", args = Some.Shell("head -c 20000 /dev/zero"), restart = true });
        _ = await head.SubmitAsync(new { id = "changed", pool = "p", node = "node", args = Some.Sleep });
        _ = await head.WaitForJobAsync("printed", job => job.Number("start_count") is 1 && job.Text("state") is "new");
        _ = await head.WaitForStartAsync("changed");
        _ = await head.SubmitAsync(new { id = "changed", tags = new[] { text } });
        foreach (var id in new[] { "printed", "changed" })
        {
            _ = await head.AskAsync("kill", id);
            (await head.WaitForEndAsync(id)).Text("state").Should().Be("killed");
            (await node.WaitForEndAsync(id)).Text("state").Should().Be("killed");
        }

        (await head.JobAsync("printed")).Printed().Length.Should().Be(20_000);
        (await head.RunAsync(new { id = "pinned", pool = "p", node = "node", args = Some.Shell("exit 0", text) })).Text("error")
            .Should().Be("node 'node' accepts no line as long as job 'pinned' needs; raise its listen.max_request");
        (await head.RunAsync(new { pool = "p", args = Some.Shell("exit 0", text) })).Text("node").Should().Be("other");
        head.Log.Has("down: ").Should().BeFalse();
    }

    [Fact]
    public async Task A_node_that_was_restored_from_a_backup_takes_the_end_of_a_job_from_its_head()
    {
        using var folder = new TemporaryFolder();
        await using var tree = new Tree();
        string[] words = ["name=node", "pools.p=", $"state.file={folder.File("state")}"];
        await using var node = await RunningBox.StartAsync(words);
        var head = await tree.StartAsync("head", Tree.Link("node", node.Port), "state.expire=600", "state.timeout=600");
        await head.WaitForPoolAsync("p", "node");
        var wait = Some.Shell("until [ -e \"$0\" ]; do sleep 0.01; done; echo well", folder.File("go"));
        _ = await head.SubmitAsync(new { id = "a", pool = "p", node = "node", args = wait });
        _ = await head.WaitForStartAsync("a");
        var backup = Directory.CreateDirectory(folder.File("backup")).FullName;
        foreach (var name in new[] { "state.journal", "state" }.Where(name => File.Exists(folder.File(name))))
            File.Copy(folder.File(name), Path.Combine(backup, name));
        await File.WriteAllTextAsync(folder.File("go"), "", TestContext.Current.CancellationToken);
        _ = await head.WaitForEndAsync("a");
        _ = await node.StopAsync();
        foreach (var path in Directory.GetFiles(backup))
            File.Copy(path, folder.File(Path.GetFileName(path)), overwrite: true);

        await using var restored = await RunningBox.StartAsync([.. words, $"listen.port={node.Port}"]);

        (await restored.WaitForJobAsync("a", job => job.Text("state") is "done")).Printed().Should().Be("well\n");
        (await head.JobAsync("a")).Printed().Should().Be("well\n");
    }
}
