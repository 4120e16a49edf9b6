using System.Text.Json.Nodes;
using MeeseeksBox.Client.Tests.OldPeers;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The client with a legacy node, which supports fewer requests and filters.</summary>
public sealed class OldBoxTests : IAsyncDisposable
{
    private readonly OldBox _box = OldBox.Start();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task The_output_of_a_job_is_printed()
    {
        Put("a", "done", more: """, "rc": 0, "stdout_data": "aGkK", "stderr_data": "b29wcwo=" """);

        (await RunAsync("out", "a")).Output.Should().Be("hi\n");
        (await RunAsync("err", "a")).Output.Should().Be("oops\n");
        (await RunAsync("out", "follow=1", "a")).Output.Should().Be("hi\n");
    }

    [Theory]
    [InlineData("out")]
    [InlineData("err")]
    [InlineData("wait")]
    [InlineData("ls")]
    [InlineData("del")]
    public async Task An_unknown_id_is_an_error(string command)
    {
        var run = await RunAsync(command, "nosuch");

        run.Status.Should().Be(1);
        run.Errors.Should().Be("meeseeks-client: there is no job 'nosuch'; it may have ended and expired\n");
    }

    [Fact]
    public async Task A_submitted_job_has_its_tags_and_wait_returns_its_exit_status()
    {
        _box.Submitted = _ => """{"node":"old","state":"failed","active":false,"rc":3,"stdout_data":"aGkK"}""";

        var run = await RunAsync("sub", "wait=1", "id=a", "tag=x,y", "p", "echo", "hi");

        run.Should().BeEquivalentTo(new { Status = 3, Output = "hi\n", Errors = "" });
        _box.Read("a", "tags").Should().Be("""["x","y"]""");
        (await RunAsync("wait", "a", "tag=x*")).Lines.Should().Equal("a\tfailed\t(3)");
    }

    [Fact]
    public async Task A_submit_to_several_nodes_makes_a_job_on_each()
    {
        (await RunAsync("sub", "p@n1,n2", "true")).Json.Keys().Should().HaveCount(2);
    }

    [Fact]
    public async Task Lists_and_patterns_select_jobs()
    {
        Put("a1", "done", "x1");
        Put("a2", "failed", "x2");
        Put("b1", "new", "y");

        (await RunAsync("ls", "quiet=1", "state=done,failed")).Lines.Should().Equal("a1", "a2");
        (await RunAsync("ls", "quiet=1", "tag=x*")).Lines.Should().Equal("a1", "a2");
        (await RunAsync("job", "a*", "tag=x2")).Json.Keys().Should().Equal("a2");
        (await RunAsync("stat", "j", "tag=x*")).Lines.Select(line => line.Split('\t')[1]).Should().Equal("a1", "a2");
        (await RunAsync("mod", "tag=x*", "state=done,failed", ":", "hold=1")).Json.Keys().Should().Equal("a1", "a2");
        (await RunAsync("complete", "qdel", "a")).Lines.Should().Contain(["a1", "a2"]).And.NotContain("b1");
    }

    [Fact]
    public async Task Only_the_jobs_of_a_selection_are_killed()
    {
        Put("a1", "running", "x1");
        Put("a2", "new", "x2");
        Put("b1", "new", "y");

        var run = await RunAsync("del", "state=new,running", "tag=x*");
        var none = await RunAsync("del", "tag=z*");

        run.Json.Keys().Should().Equal("a1", "a2");
        none.Should().BeEquivalentTo(new { Status = 0, Output = "{}\n", Errors = "" });
        _box.Read("b1", "state").Should().Be("\"new\"");
    }

    [Fact]
    public async Task The_cluster_is_shown()
    {
        Put("a", "done", more: """, "rc": 0""");

        (await RunAsync("stat")).Lines.Should()
            .Equal("old\tonline\t0.5", "\tpool p@old\t1 jobs\t3 free", "\t\ta\t[None]\t\tdone\t(0)\ttrue");
    }

    [Fact]
    public async Task The_history_of_the_original_is_read()
    {
        using var folder = new TemporaryFolder();
        _box.Config["state"] = new JsonObject
        {
            ["history"] = folder.Write(
                "history", """{"a":{"pool":"p","args":["true"],"node":"old","state":"done","rc":0,"tags":[null]}}""" + "\n"),
        };

        var run = await RunAsync("hist");

        run.Errors.Should().BeEmpty();
        run.Lines.Should().ContainSingle().Which.Should().Contain("\ta\tp@old\tdone\t(0)\t");
    }

    private Task<ClientRun> RunAsync(params string[] words) => ClientProgram.RunAsync($"address=127.0.0.1 port={_box.Port}", words);

    private void Put(string id, string state, string? tag = null, string more = "")
    {
        var tags = tag is null ? "[null]" : $"[\"{tag}\"]";
        _box.Change(id, """{"pool":"p","args":["true"],"node":"old","submit_node":"old","submit_ts":1}""");
        _box.Change(id, $$"""{"state":"{{state}}","tags":{{tags}}{{more}}}""");
    }
}
