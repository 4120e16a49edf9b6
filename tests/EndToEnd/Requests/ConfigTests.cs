using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Configuration by request, and at a distance (docs/SPECIFICATION.md#config-request).</summary>
public sealed class ConfigTests
{
    [Fact]
    public async Task Config_returns_the_configuration_in_force()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");

        var config = await box.AskAsync("config", new { });

        config.GetRawText().Should().Be("""{"name":"n1","listen":{"address":"127.0.0.1","port":0},"pools":{"p":{"slots":2}}}""");
    }

    [Fact]
    public async Task Settings_are_merged_and_applied()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");

        var config = await box.AskAsync("config", new { pools = new { p = new { slots = 3 }, q = new { slots = 1 } } });
        var job = await box.RunAsync(new { pool = "q", args = Some.True });

        config.GetProperty("pools").GetRawText().Should().Be("""{"p":{"slots":3},"q":{"slots":1}}""");
        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":3},"q":{"n1":1}}""");
        job.Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_key_with_an_exclamation_mark_removes_a_pool_and_kills_its_jobs()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2", "pools.q.slots=2");
        var gone = (await box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        var kept = (await box.SubmitAsync(new { pool = "q", args = Some.Sleep })).Text("id");
        _ = await box.WaitForStartAsync(gone);
        var pid = (await box.WaitForStartAsync(kept)).Number("pid");

        _ = await box.AskAsync("config", new { pools = new Dictionary<string, object?> { ["!p"] = null } });
        var ended = await box.WaitForEndAsync(gone);

        ended.Text("state").Should().Be("failed");
        ended.Text("error").Should().Contain("pool");
        (await box.AskAsync("pools", new { })).Keys().Should().Equal("q");
        (await box.JobAsync(kept)).Number("pid").Should().Be(pid);
    }

    [Fact]
    public async Task A_pool_that_comes_back_runs_jobs_again()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");
        _ = await box.AskAsync("config", new { pools = new Dictionary<string, object?> { ["!p"] = null } });
        var waiting = await box.SubmitAsync(new { pool = "p", args = Some.True });

        _ = await box.AskAsync("config", new { pools = new { p = new { slots = 1 } } });
        var job = await box.WaitForEndAsync(waiting.Text("id"));

        waiting.GetProperty("node").ToString().Should().Be("False");
        job.Text("state").Should().Be("done");
    }

    [Theory]
    [InlineData("""{"pools":{"p":{"slots":"two"}}}""", "pools.p.slots")]
    [InlineData("""{"pools":{"p":{"slots":3},"q":{"plugin":"No.Such"}}}""", "pools.q.plugin")]
    [InlineData("""{"name":"other"}""", "name")]
    [InlineData("""{"listen":{"address":"192.0.2.1"}}""", "192.0.2.1")]
    [InlineData("""{"state":{"expire":-1}}""", "state.expire")]
    public async Task A_bad_config_is_rejected_whole(string config, string why)
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");
        var before = await box.AskAsync("config", new { });

        var answer = (await box.AskLineAsync($$"""[{"config":{{config}}}]"""))[0];

        answer.Text("error").Should().Contain(why);
        (await box.AskAsync("config", new { })).GetRawText().Should().Be(before.GetRawText());
        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":2}}""");
    }

    [Fact]
    public async Task Secrets_are_masked_and_survive_being_sent_back()
    {
        await using var box = await RunningBox.StartAsync("client.ssl.pass=s3cret");

        var config = await box.AskAsync("config", new { });
        var sentBack = await box.AskAsync("config", config);

        config.GetRawText().Should().Contain("********").And.NotContain("s3cret");
        JsonElement.DeepEquals(sentBack, config).Should().BeTrue(sentBack.ToString());
        box.Log.Has("s3cret").Should().BeFalse();
    }

    [Fact]
    public async Task A_job_in_pool___config_changes_the_config_and_returns_the_one_in_force()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");

        var job = await box.RunAsync(new { pool = "__config", node = "n1", args = new { pools = new { p = new { slots = 5 } } } });

        job.Text("state").Should().Be("done");
        job.GetProperty("args").GetProperty("pools").GetRawText().Should().Be("""{"p":{"slots":5}}""");
        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":5}}""");
    }

    [Fact]
    public async Task A_job_in_pool___config_with_a_bad_config_fails_and_changes_nothing()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");

        var job = await box.RunAsync(new { pool = "__config", node = "n1", args = new { pools = new { p = new { slots = "x" } } } });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain("pools.p.slots");
        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":2}}""");
    }

    [Fact]
    public async Task A_job_in_pool___config_with_an_empty_object_changes_nothing()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2");

        var job = await box.RunAsync(new { pool = "__config", node = "n1", args = new { } });

        job.Text("state").Should().Be("done");
        job.GetProperty("args").GetRawText().Should().Be((await box.AskAsync("config", new { })).GetRawText());
    }

    [Fact]
    public async Task Listen_settings_may_change_while_clients_are_connected()
    {
        await using var first = await RunningBox.StartAsync();
        var port = first.Port;
        _ = await first.StopAsync();
        await using var box = await RunningBox.StartAsync($"listen.port={port}");
        using var connected = await box.ConnectAsync();

        var config = await box.AskAsync("config", new { listen = new { max_request = 2000 } });
        using var later = await box.ConnectAsync();
        var answer = await later.AskAsync(new string(' ', 3000));

        config.GetProperty("listen").Number("max_request").Should().Be(2000);
        answer[0].Text("code").Should().Be("too_long");
        (await connected.AskAsync("[]")).ToString().Should().Be("[]");
    }
}
