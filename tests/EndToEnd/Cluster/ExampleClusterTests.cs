using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>The cluster of README.md#a-cluster works as described there.</summary>
public sealed class ExampleClusterTests(ExampleCluster cluster) : IClassFixture<ExampleCluster>
{
    private const int Count = 300;

    [Fact]
    public async Task A_cold_cluster_reports_all_its_pools_soon_after_its_last_start()
    {
        var begin = Stopwatch.GetTimestamp();

        await cluster.Master.WaitForPoolAsync("q1", "nodeA1", "nodeA2", "nodeB1", "nodeB3");
        await cluster.Master.WaitForPoolAsync("q2", "nodeA1", "nodeA2", "nodeA3", "nodeB2", "nodeB3");
        await cluster.Master.WaitForPoolAsync("q3", "nodeA2", "nodeA3", "nodeB1", "nodeB2");

        // The target is one second; other tests load this machine at the same time.
        Stopwatch.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(10));
        (await cluster.Master.AskAsync("nodes", new { })).Keys().Should().HaveCount(11);
    }

    [Fact]
    public async Task Jobs_from_the_master_run_exactly_once_each()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("runs");
        await cluster.Master.WaitForPoolAsync("q1", "nodeA1", "nodeA2", "nodeB1", "nodeB3");
        using var connection = await cluster.Master.ConnectAsync();
        for (var i = 0; i < Count; i++)
        {
            var submit = new { id = $"j{i}", pool = $"q{(i % 3) + 1}", args = Some.Shell("echo $MEESEEKS_JOB_ID >> \"$0\"", file) };
            var answer = await connection.AskAsync(JsonSerializer.Serialize(new[] { new { submit } }));
            answer[0].Text("error").Should().BeEmpty();
        }

        _ = await cluster.Master.WaitForAsync(
            () => cluster.Master.AskAsync("ls", new { state = new[] { "new", "running" } }),
            ids => ids.GetArrayLength() is 0,
            TimeSpan.FromMinutes(2));

        (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Order()
            .Should().Equal(Enumerable.Range(0, Count).Select(i => $"j{i}").Order());
        var jobs = (await cluster.Master.AskAsync("get", new { })).EnumerateObject().Select(job => job.Value).ToArray();
        jobs.Should().OnlyContain(job => job.Text("state") == "done" && job.Number("start_count") == 1);
        jobs.Select(job => job.Text("node")).Distinct().Should().BeEquivalentTo("nodeA1", "nodeA2", "nodeA3", "nodeB1", "nodeB2", "nodeB3");
    }
}
