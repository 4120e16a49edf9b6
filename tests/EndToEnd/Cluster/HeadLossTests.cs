using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Two heads over the same nodes, one of which may fail (docs/SPECIFICATION.md#diamonds).</summary>
[Collection(nameof(SmallTree))]
public sealed class HeadLossTests(SmallTree small)
{
    [Fact]
    public async Task Every_job_runs_exactly_once_when_one_of_two_heads_is_killed()
    {
        const int Count = 40;
        using var folder = new TemporaryFolder();
        var file = folder.File("runs");
        await using var tree = new Tree();
        var tag = Some.Id();
        var below = Tree.Links(("node1", small.Node1.Port), ("node2", small.Node2.Port));
        var headA = await tree.StartAsync("headA", below);
        var headB = await tree.StartAsync("headB", below);
        var master = await tree.StartAsync("master", ["wait_in_pool=true", .. Tree.Links(("headA", headA.Port), ("headB", headB.Port))]);
        await master.WaitForPoolAsync("four", "node1", "node2");
        await master.WaitForNodeAsync("headA");
        await master.WaitForNodeAsync("headB");

        await SubmitAsync(0, Count);
        _ = await master.WaitForFileAsync(file, text => text.Split('\n').Length > Count / 4);
        await headA.CrashAsync();
        await SubmitAsync(Count, Count);
        var jobs = await master.WaitForEndOfAllAsync(tag, 2 * Count);

        jobs.Should().OnlyContain(job => job.GetProperty("state").GetString() == "done" && job.GetProperty("start_count").GetInt32() == 1);
        (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Order()
            .Should().Equal(Enumerable.Range(0, 2 * Count).Select(i => $"{tag}.{i}").Order());

        var again = await tree.StartAsync("headA", [$"listen.port={headA.Port}", .. below]);
        await master.WaitForLogAsync($"up: headA at 127.0.0.1:{again.Port}", times: 2);
        await headB.CrashAsync();
        (await master.RunAsync(new { pool = "four", args = Some.Shell("echo through A") })).Printed().Should().Be("through A\n");

        async Task SubmitAsync(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                var args = Some.Shell("echo $MEESEEKS_JOB_ID >> \"$0\"; sleep 0.03", file);
                _ = await master.SubmitAsync(new { id = $"{tag}.{i}", pool = "four", args, tags = new[] { tag } });
            }
        }
    }
}
