using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>The release of a held reply (docs/PROTOCOL.md#waiting-for-news).</summary>
public sealed class HeldReplyTests
{
    private readonly TestNode _node = new();

    [Fact]
    public void It_is_released_at_once_when_there_are_changes_already()
    {
        _ = _node.Accept("{'pool':'p1','args':['x']}");

        Updated(Held(after: 0)).IsReleased.Should().BeTrue();
    }

    [Fact]
    public void It_waits_for_a_change_of_a_requested_job()
    {
        var held = Updated(Held(after: 0, filter: "'tag':'t'"));
        held.IsReleased.Should().BeFalse();

        _ = _node.Accept("{'pool':'p1','args':['x']}");
        _node.Pass(1);
        Updated(held).IsReleased.Should().BeFalse("another job has changed");
        _ = _node.Accept("{'pool':'p1','args':['x'],'tags':['t']}");
        _node.Pass(1);

        Updated(held).IsReleased.Should().BeTrue();
    }

    [Fact]
    public void Changes_shortly_after_a_check_are_checked_together()
    {
        var held = Updated(Held(after: 0));
        _ = _node.Accept("{'pool':'p1','args':['x']}");

        Updated(held).IsReleased.Should().BeFalse();
        held.IsPaced.Should().BeTrue();
        held.Deadline.Should().BeApproximately(_node.Now.Monotonic + 0.002, 1e-9);
        _node.Pass(0.002);

        Updated(held).IsReleased.Should().BeTrue();
    }

    [Fact]
    public void The_changes_of_a_requested_id_are_checked_at_once_up_to_a_number()
    {
        var held = Updated(Held(after: 0, filter: "'id':'a','state':'done'"));
        for (var number = 0; number < 7; number++)
        {
            _ = _node.Accept($"{{'id':'b{number}','pool':'p1','args':['x']}}");
            Updated(held).IsPaced.Should().BeFalse();
        }

        _ = _node.Accept("{'id':'c','pool':'p1','args':['x']}");
        Updated(held).IsPaced.Should().BeTrue();
        held.Deadline.Should().BeApproximately(_node.Now.Monotonic + 0.002, 1e-9);
        _node.Pass(0.002);
        Updated(held).IsPaced.Should().BeFalse();
        held.IsReleased.Should().BeFalse();
    }

    [Fact]
    public void It_is_released_when_its_wait_is_over()
    {
        var held = Updated(Held(after: 0));

        _node.Pass(9.9);
        Updated(held).IsReleased.Should().BeFalse();
        held.Deadline.Should().Be(_node.Now.Monotonic + 0.1);
        _node.Pass(0.2);

        Updated(held).IsReleased.Should().BeTrue();
    }

    [Fact]
    public void A_further_line_releases_it()
    {
        var held = Updated(Held(after: 0));

        held.Release();

        held.IsReleased.Should().BeTrue();
    }

    [Theory]
    [InlineData(999L, null)]
    [InlineData(null, 999L)]
    public void A_reader_with_cursors_from_before_a_restart_is_answered_at_once(long? jobsAfter, long? nodesAfter) =>
        Updated(Held(jobsAfter, nodesAfter: nodesAfter)).IsReleased.Should().BeTrue();

    [Fact]
    public void A_significant_change_of_a_node_releases_it_and_a_load_average_does_not()
    {
        _node.ReceiveNodes(("n2", Some.Status(0, 1)));
        var held = Updated(Held(null, nodesAfter: _node.Core.Nodes.Seq));

        _node.ReceiveNodes(("n2", Some.Status(5, 1)));
        _node.Pass(1);
        Updated(held).IsReleased.Should().BeFalse();
        _node.ReceiveNodes(("n3", Some.Status(0, 1)));
        _node.Pass(1);

        Updated(held).IsReleased.Should().BeTrue();
    }

    private HeldReply Held(long? after, string filter = "", long? nodesAfter = null)
    {
        IReadOnlyList<JobQuery> jobs = after is null
            ? []
            : [new JobQuery(Some.Filter($"{{'seq':{after}{(filter.Length > 0 ? "," : "")}{filter}}}"), IncludesUnassigned: true)];
        return new HeldReply(new ChangeCondition(jobs, nodesAfter), _node.Now.Monotonic + 10);
    }

    private HeldReply Updated(HeldReply held)
    {
        held.Update(_node.Core, _node.Now);
        return held;
    }
}
