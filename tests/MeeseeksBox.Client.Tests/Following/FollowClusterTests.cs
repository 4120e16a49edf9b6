using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.Tests.Following;

/// <summary>Following jobs and nodes together.</summary>
public sealed class FollowClusterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // A box of an earlier version sends all.
    [Fact]
    public async Task Some_attributes_are_asked_for_and_all_are_accepted()
    {
        const string Job = """{"a":{"id":"a","pool":"p","args":["x"],"state":"done","stdout_data":"b3V0"}}""";
        await using var box = new FakeBox(request => request.TryGetProperty("nodes", out _)
            ? $$"""{"nodes":{},"nodes_seq":1,"get":{{Job}},"seq":1}"""
            : $$"""{"get":{{Job}} }""");
        await using var client = box.Client();

        var update = await client.FollowClusterAsync(JobSelection.All, ["state"], Stop).FirstAsync(Stop);
        var jobs = await client.GetAsync(JobSelection.All, ["state"], Stop);

        update.Jobs.Concat(jobs).Should().HaveCount(2).And.OnlyContain(job => job.Status.State == JobState.Done);
        box.Requests.Should().OnlyContain(request =>
            request.GetProperty("options").GetProperty("attributes").GetRawText() == """["state"]""");
    }

    [Fact]
    public async Task Only_changed_nodes_are_requested_from_a_box_with_long_polls()
    {
        var answered = 0;
        await using var box = new FakeBox(request => Interlocked.Increment(ref answered) switch
        {
            1 => """{"get":{},"seq":7,"nodes":{"n1":{"online":true},"n2":{"online":true},"n3":{"online":true}},"nodes_seq":4}""",
            2 => """{"get":{},"seq":7,"nodes":{"n2":{"online":false}},"nodes_seq":5,"nodes_gone":["n3"]}""",
            3 => """{"get":{},"seq":7,"nodes":{},"nodes_seq":5,"nodes_gone":[]}""",
            4 => """{"get":{"a":{"id":"a","pool":"p","state":"new"}},"seq":8,"nodes":{},"nodes_seq":5,"nodes_gone":[]}""",
            _ => """{"get":{},"seq":8,"nodes":{"n1":{"online":true}},"nodes_seq":6}""",
        });
        await using var client = box.Client();
        await using var updates = client.FollowClusterAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);

        var first = await Next(updates);
        var second = await Next(updates);
        var third = await Next(updates);
        var last = await Next(updates);

        Show(first).Should().Be("all: n1 online, n2 online, n3 online");
        Show(second).Should().Be("n1 online, n2 offline");
        Show(third).Should().Be("a: n1 online, n2 offline");
        third.Nodes.Should().BeSameAs(second.Nodes);
        Show(last).Should().Be("n1 online", "an answer without nodes_gone has all nodes");
        var requests = box.Requests.ToList();
        requests[0].GetProperty("nodes").GetRawText().Should().Be("""{"seq":0}""");
        requests[1].GetProperty("nodes").GetRawText().Should().Be("""{"seq":4}""");
        requests[1].GetProperty("wait").GetDouble().Should().BePositive();
        requests[3].GetProperty("nodes").GetRawText().Should().Be("""{"seq":5}""");
    }

    [Fact]
    public async Task A_legacy_node_sends_all_nodes_each_time()
    {
        var status = """{"online":true}""";
        await using var box = new FakeBox(_ => $$$"""{"get":{},"nodes":{"n1":{{{status}}}}}""");
        await using var client = box.Client();
        await using var updates = client.FollowClusterAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);

        Show(await Next(updates)).Should().Be("all: n1 online");
        status = """{"online":false}""";
        var last = await Next(updates);
        while (last.Nodes!["n1"].Online)
            last = await Next(updates);

        Show(last).Should().Be("n1 offline");
    }

    [Fact]
    public async Task After_a_lost_connection_all_nodes_are_reported_again()
    {
        await using var box = new FakeBox(request => request.TryGetProperty("wait", out _)
            ? null
            : """{"get":{},"seq":7,"nodes":{"n1":{"online":true}},"nodes_seq":4}""");
        await using var client = box.Client();
        await using var updates = client.FollowClusterAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);

        _ = await Next(updates);
        var again = await Next(updates);

        Show(again).Should().Be("all: n1 online");
        box.Requests.Last(request => !request.TryGetProperty("wait", out _)).GetProperty("nodes").GetRawText().Should().Be("""{"seq":0}""");
    }

    [Fact]
    public async Task An_invalid_node_status_is_an_error()
    {
        await using var box = new FakeBox(_ => """{"get":{},"seq":7,"nodes":{"n1":{"online":"perhaps"}},"nodes_seq":4}""");
        await using var client = box.Client();
        await using var updates = client.FollowClusterAsync(JobSelection.All, Stop).GetAsyncEnumerator(Stop);

        var asking = () => Next(updates);

        (await asking.Should().ThrowAsync<MeeseeksRequestException>()).WithMessage("nodes: the answer cannot be read: *");
    }

    private static async Task<JobUpdate> Next(IAsyncEnumerator<JobUpdate> updates)
    {
        (await updates.MoveNextAsync()).Should().BeTrue();
        return updates.Current;
    }

    private static string Show(JobUpdate update)
    {
        var nodes = string.Join(
            ", ", update.Nodes!.OrderBy(node => node.Key).Select(node => $"{node.Key} {(node.Value.Online ? "online" : "offline")}"));
        var jobs = update.IsSnapshot ? "all: "
            : update.Jobs.Count > 0 ? $"{string.Join(' ', update.Jobs.Select(job => job.Id))}: "
            : "";
        return jobs + nodes;
    }
}
