using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Requests that leave the configuration as it is (docs/SPECIFICATION.md#config-request).</summary>
[Collection(nameof(FourPools))]
public sealed class UnchangedConfigTests(FourPools shared)
{
    private RunningBox Box => shared.Box;

    [Fact]
    public async Task Config_returns_the_configuration_in_force()
    {
        var config = await Box.AskAsync("config", new { });

        ShouldBe(config, JsonElement.Parse("""
            {
              "name":"n1","listen":{"address":"127.0.0.1","port":0},"client":{"ssl":{"pass":"********"}},
              "pools":{"p1":{"slots":2},"p2":{"slots":0},"p3":{"slots":-1},"idle":{"slots":2}}
            }
            """));
    }

    [Theory]
    [InlineData("""{"pools":{"idle":{"slots":"two"}}}""", "pools.idle.slots")]
    [InlineData("""{"pools":{"idle":{"slots":3},"q":{"plugin":"No.Such"}}}""", "pools.q.plugin")]
    [InlineData("""{"name":"other"}""", "name")]
    [InlineData("""{"listen":{"address":"192.0.2.1"}}""", "192.0.2.1")]
    [InlineData("""{"state":{"expire":-1}}""", "state.expire")]
    public async Task A_bad_config_is_rejected_whole(string config, string why)
    {
        var before = await Box.AskAsync("config", new { });

        var answer = (await Box.AskLineAsync($$"""[{"config":{{config}}}]"""))[0];

        answer.Text("error").Should().Contain(why);
        ShouldBe(await Box.AskAsync("config", new { }), before);
        await PoolsAreUnchangedAsync();
    }

    [Fact]
    public async Task Secrets_are_masked_and_survive_being_sent_back()
    {
        var config = await Box.AskAsync("config", new { });
        var sentBack = await Box.AskAsync("config", config);

        config.GetRawText().Should().Contain("********").And.NotContain("s3cret");
        ShouldBe(sentBack, config);
        Box.Log.Has("s3cret").Should().BeFalse();
    }

    [Fact]
    public async Task A_job_in_pool___config_with_a_bad_config_fails_and_changes_nothing()
    {
        var job = await Box.RunAsync(new { pool = "__config", node = "n1", args = new { pools = new { idle = new { slots = "x" } } } });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain("pools.idle.slots");
        await PoolsAreUnchangedAsync();
    }

    [Fact]
    public async Task A_job_in_pool___config_with_an_empty_object_changes_nothing()
    {
        var job = await Box.RunAsync(new { pool = "__config", node = "n1", args = new { } });

        job.Text("state").Should().Be("done");
        ShouldBe(job.GetProperty("args"), await Box.AskAsync("config", new { }));
    }

    private async Task PoolsAreUnchangedAsync()
    {
        var pools = await Box.AskAsync("pools", new { });
        pools.Keys().Should().Equal("p1", "p2", "p3", "idle");
        pools.GetProperty("idle").GetRawText().Should().Be("""{"n1":2}""");
    }

    // A configuration that was sent back has the same keys in another order.
    private static void ShouldBe(JsonElement config, JsonElement expected) =>
        JsonElement.DeepEquals(config, expected).Should().BeTrue($"{config} is to equal {expected}");
}
