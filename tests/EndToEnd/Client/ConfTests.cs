using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The commands <c>conf</c> (docs/SPECIFICATION.md#conf-command) and <c>hist</c>.</summary>
[Collection(nameof(ChangingBox))]
public sealed class ConfTests(ChangingBox fixture) : BoxTests(fixture)
{
    [Fact]
    public async Task The_configuration_is_shown_and_changed()
    {
        var shown = await Box.ClientAsync("conf");
        var changed = await Box.ClientAsync("conf", "pools.changed.slots=4", "pools.!deleted=");

        shown.Json.Keys().Should().Equal("config");
        shown.Json.Find("config")!.Value.Text("name").Should().Be("n1");
        shown.Json.Find("config")!.Value.GetProperty("pools").Keys().Should().Contain(["changed", "deleted"]);
        var pools = changed.Json.Find("config")!.Value.Find("pools")!.Value;
        pools.Find("changed")!.Value.Number("slots").Should().Be(4);
        pools.Keys().Should().NotContain("deleted");
        var free = await Box.AskAsync("pools", new { });
        free.GetProperty("changed").GetRawText().Should().Be("""{"n1":4}""");
        free.Keys().Should().NotContain("deleted");
    }

    [Fact]
    public async Task A_node_is_configured_by_its_name()
    {
        var run = await Box.ClientAsync("conf", "pools.remote.slots=7", "n1");

        run.Status.Should().Be(0);
        var job = run.Json.EnumerateObject().Single();
        job.Value.Text("pool").Should().Be("__config");
        job.Value.Text("node").Should().Be("n1");
        job.Value.Find("args")!.Value.Find("pools")!.Value.Find("remote")!.Value.Number("slots").Should().Be(7);
        (await Box.JobAsync(job.Name)).Text("state").Should().Be("done");
        (await Box.AskAsync("pools", new { })).GetProperty("remote").GetRawText().Should().Be("""{"n1":7}""");
    }

    [Theory]
    [InlineData("", "pools.odd.slotz=2")]
    [InlineData("n1: ", "pools.odder.slotz=2", "n1")]
    public async Task An_unknown_key_is_a_warning_to_each_sender(string node, params string[] words)
    {
        var pool = words[0].Split('.')[1];
        foreach (var _ in new[] { 1, 2 })
        {
            var run = await Box.ClientAsync(["conf", .. words]);

            run.Status.Should().Be(0);
            run.Errors.Should().Be(
                $"meeseeks-client: warning: {node}config request: pools.{pool}.slotz: unknown key, ignored; "
                    + "the nearest known key is 'slots'\n");
        }

        (await Box.ClientAsync("conf", "pools.fine.slots=2")).Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task On_a_terminal_the_configuration_is_printed_without_a_wrapper()
    {
        (await Box.ClientOnTerminalAsync("conf")).Should().Contain("\"name\": \"n1\"").And.NotContain("\"config\"");
        (await Box.ClientOnTerminalAsync("conf", "pools.shown.slots=8", "n1")).Should()
            .Contain("\"slots\": 8").And.NotContain("\"__config\"");
    }

    [Theory]
    [InlineData("*'two' is not a whole number*", "pools.p.slots=two")]
    [InlineData("node 'n1' rejected the configuration: *'two' is not a whole number*", "pools.p.slots=two", "n1")]
    [InlineData("unknown node 'n9'; known nodes: n1\n", "n9")]
    public async Task A_rejected_configuration_is_an_error(string message, params string[] words)
    {
        var run = await Box.ClientAsync(["conf", .. words]);

        run.Status.Should().Be(1);
        run.Output.Should().NotContain("\"config\"");
        run.Errors.Should().Match($"meeseeks-client: {message}");
    }

    [Fact]
    public async Task A_secret_is_masked_in_the_output()
    {
        var run = await Box.ClientAsync("conf", "nodes.far.ssl.pass=geheim", "nodes.far.address=127.0.0.1", "nodes.far.port=1");

        run.Output.Should().NotContain("geheim");
        run.Errors.Should().NotContain("geheim");
    }

    [Fact]
    public async Task Hist_prints_the_ended_jobs_of_the_history()
    {
        using var folder = new TemporaryFolder();
        await using var box = await RunningBox.StartAsync("pools.p.slots=1", $"state.history={folder.File("history")}");
        await box.RunAsync(new { id = "a", pool = "p", args = Some.Shell("exit 3"), tags = new[] { "x" } });
        await box.RunAsync(new { id = "b", pool = "p", args = Some.True });
        await box.WaitForFileAsync(folder.File("history"), text => text.Count(letter => letter is '\n') is 2);
        await File.AppendAllTextAsync(folder.File("history"), "{\"c\":{\"id\":", TestContext.Current.CancellationToken);

        var all = await box.ClientAsync("hist");
        var some = await box.ClientAsync("hist", "tag=x", "json=1", $"file={folder.File("history")}");

        all.Status.Should().Be(0);
        all.Lines.Should().HaveCount(2);
        all.Lines[0].Should().MatchRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\ta\tp@n1\tfailed\t\(3\)\t\d+\t/bin/sh -c exit 3$");
        all.Errors.Should().Be($"meeseeks-client: warning: {folder.File("history")}:3: not a history line, skipped\n");
        some.Lines.Should().ContainSingle();
        some.Json.Text("id").Should().Be("a");
    }

    [Fact]
    public async Task Hist_without_a_history_is_an_error()
    {
        var run = await Box.ClientAsync("hist");

        run.Status.Should().Be(1);
        run.Errors.Should().Be("meeseeks-client: the box keeps no history (state.history is not set); name a file with file=\n");
    }
}
