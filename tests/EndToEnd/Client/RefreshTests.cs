using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The commands <c>stat</c>, <c>nodes</c> and <c>pools</c> with <c>refresh</c>.</summary>
public sealed class RefreshTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task With_refresh_stat_repeats_until_none_of_the_jobs_is_live()
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.Sleep });
        await Box.WaitForStartAsync(id);
        using var client = Box.StartClient("refresh=0.05", "stat", "jobs", $"id={id}");
        var first = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var second = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await Box.AskAsync("kill", id);

        var run = await ClientProgram.EndAsync(client);

        first.Should().StartWith($"p@n1\t{id}\t[None]\tA \trunning\t");
        second.Should().StartWith($"p@n1\t{id}\t[None]\tA \trunning\t");
        run.Status.Should().Be(0);
        run.Lines[^1].Should().Be($"p@n1\t{id}\t[None]\t\tkilled\t(-9)\t/bin/sleep 1000");
    }

    [Theory]
    [InlineData("nodes", "n1")]
    [InlineData("pools", "p")]
    public async Task With_refresh_nodes_and_pools_repeat(string command, string key)
    {
        using var client = Box.StartClient("refresh=0.05", command);
        try
        {
            var output = "";
            for (var ends = 0; ends < 3;)
            {
                var line = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
                ends += line is "}" ? 1 : 0;
                output += line + "\n";
            }

            Recorded.RecordedOutput.Values(output).Should().HaveCount(3).And.OnlyContain(value => value.Keys().Contains(key));
        }
        finally
        {
            client.Kill();
        }
    }
}
