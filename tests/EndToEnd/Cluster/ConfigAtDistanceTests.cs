using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A job in the pool __config configures a node three levels below (docs/SPECIFICATION.md#remote-configuration).</summary>
[Collection(nameof(SmallTree))]
public sealed class ConfigAtDistanceTests(SmallTree tree)
{
    [Fact]
    public async Task It_ends_with_the_active_configuration_as_its_args_and_secrets_masked()
    {
        var id = Some.Id();
        _ = await tree.Master.SubmitAsync(new
        {
            id,
            pool = "__config",
            node = "node1",
            args = new
            {
                pools = new { distant = new { slots = 7 } },
                state = new { history = "h.jsonl" },
                client = new { ssl = new { pass = "very secret" } },
            },
        });

        var job = await tree.Master.WaitForEndAsync(id);

        job.Text("state").Should().Be("done", $"{job}");
        var config = job.GetProperty("args");
        config.Text("name").Should().Be("node1");
        config.GetProperty("pools").GetProperty("distant").Number("slots").Should().Be(7);
        job.GetRawText().Should().NotContain("very secret");
        foreach (var box in new[] { tree.Head, tree.Node1 })
            (await box.JobAsync(id)).GetRawText().Should().NotContain("very secret");
        await tree.Master.WaitForPoolAsync("distant", "node1");
    }

    [Fact]
    public async Task It_fails_with_the_error_and_changes_nothing()
    {
        var before = (await tree.Node2.AskAsync("config", new { })).GetRawText();
        var id = Some.Id();
        _ = await tree.Master.SubmitAsync(
            new
            {
                id,
                pool = "__config",
                node = "node2",
                args = new { pools = new { bad = new { slots = "two" }, good = new { slots = 1 } } },
            });

        var job = await tree.Master.WaitForEndAsync(id);

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain("pools.bad.slots: 'two' is not a whole number");
        (await tree.Node2.AskAsync("config", new { })).GetRawText().Should().Be(before);
    }

    [Fact]
    public async Task An_empty_request_returns_the_configuration()
    {
        var id = Some.Id();
        _ = await tree.Master.SubmitAsync(new { id, pool = "__config", node = "head", args = new { } });

        (await tree.Master.WaitForEndAsync(id)).GetProperty("args").GetProperty("nodes").Keys().Should().Contain(["node1", "node2"]);
    }
}
