using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests;

/// <summary>Start, new settings, remote configuration and stop (docs/SPECIFICATION.md#crash-recovery).</summary>
public sealed class NodeCoreTests
{
    private const string A = "'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1'";

    [Fact]
    public void A_job_that_was_running_here_at_the_last_stop_has_crashed()
    {
        var node = new TestNode();

        node.Load(Some.Job($"{{{A},'state':'running','active':true,'pid':7,'start_count':1,'ts':5}}"));

        (node["a"].Status.State, node["a"].Status.Error, node["a"].Status.FailCount, node["a"].Status.Pid, node["a"].Status.Active)
            .Should().Be((JobState.Failed, "crashed", 1, null, false));
        node.History.Should().ContainSingle().Which.Status.Error.Should().Be("crashed");
    }

    [Fact]
    public void A_job_that_crashed_is_retried()
    {
        var node = new TestNode();

        node.Load(Some.Job($"{{{A},'state':'running','active':true,'retries':1,'ts':5}}"));

        (node["a"].Status.State, node["a"].Status.Error, node["a"].Status.FailCount).Should().Be((JobState.New, "crashed", 1));
        node.Pass(1);
        node.Take().Job.Id.Should().Be("a");
    }

    [Fact]
    public void A_job_that_was_being_killed_here_at_the_last_stop_is_killed()
    {
        var node = new TestNode();

        node.Load(Some.Job($"{{{A},'state':'killed','active':true,'retries':1,'ts':5}}"));

        (node["a"].Status.State, node["a"].HasEnded).Should().Be((JobState.Killed, true));
    }

    [Fact]
    public void Jobs_that_ran_elsewhere_at_the_last_stop_still_run()
    {
        var head = new TestNode(Some.Head());

        head.Load(Some.Job($"{{{A},'state':'running','active':true,'ts':5}}"));

        head["a"].Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void Jobs_of_a_state_file_keep_their_order_and_waiting_jobs_start()
    {
        var node = new TestNode();

        node.Load(Some.Job($"{{{A},'seq':9,'ts':5}}"), Some.Job($"{{{A},'id':'b','seq':4,'state':'done','ts':5}}"));

        node.Core.Snapshot().Select(job => job.Id).Should().Equal("b", "a");
        node.TakeEffects().Pools.Should().Equal("p1");
        node.Take().Job.Id.Should().Be("a");
    }

    [Fact]
    public void An_end_from_the_state_file_is_not_reported_again()
    {
        var node = new TestNode();

        node.Load(Some.Job($"{{{A},'state':'done','ts':5}}"));
        node.Pass(1000);

        node.History.Should().BeEmpty();
        node.Core.Count.Should().Be(0);
    }

    [Fact]
    public void A_job_that_waited_in_a_removed_pool_is_not_active()
    {
        var node = new TestNode(Some.Head("n1"));

        node.Load(Some.Job($"{{{A},'active':true,'ts':5}}"));

        node["a"].Status.Active.Should().BeFalse();
    }

    [Fact]
    public void New_settings_stop_only_the_runs_of_removed_pools()
    {
        var node = new TestNode(Some.Node().WithPool("p2", new()));
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        _ = node.Accept("{'id':'b','pool':'p2','args':['x']}");
        var (kept, gone) = (node.Start("p1"), node.Start("p2"));

        node.Apply(Some.Node(slots: 7));

        (kept.Stop, gone.Stop).Should().Be((StopReason.None, StopReason.PoolRemoved));
        node.End(gone, rc: -9);
        (node["b"].Status.State, node["b"].Status.Error)
            .Should().Be((JobState.Failed, "its pool was removed from the node's configuration"));
    }

    [Fact]
    public void A_job_claimed_by_a_removed_pool_without_a_process_waits_for_another_node()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        var run = node.Take();
        node.Apply(Some.Head("n1"));

        node.End(run, error: "never started");

        (node["a"].Status.State, node["a"].Status.Active, node["a"].Status.FailCount).Should().Be((JobState.New, false, 0));
        node.ReceiveNodes(("n2", Some.Status(0)));
        node["a"].Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_new_max_runtime_applies_to_running_jobs()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        var run = node.Start();

        node.Apply(Some.Node().WithPool("p1", new() { MaxRuntime = 5 }));
        node.Pass(5);

        run.Stop.Should().Be(StopReason.Overdue);
    }

    [Fact]
    public void A_removed_max_runtime_no_longer_applies()
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { MaxRuntime = 5 }));
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        var run = node.Start();

        node.Apply(Some.Node());
        node.Pass(50);

        run.Stop.Should().Be(StopReason.None);
    }

    [Fact]
    public void An_added_pool_claims_the_jobs_that_wait_for_it()
    {
        var node = new TestNode(Some.Head("n1"));
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        _ = node.TakeEffects();

        node.Apply(Some.Node());

        (node["a"].Status.Node, node["a"].Status.Active).Should().Be(("n1", true));
        node.TakeEffects().Pools.Should().Equal("p1");
    }

    [Fact]
    public void Running_jobs_are_stopped_and_fail_when_the_node_stops()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        _ = node.Accept("{'id':'b','pool':'p1','args':['x']}");
        var run = node.Start();

        node.Core.Close();

        node.TakeEffects().Stops.Should().Equal(run);
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.End(run, rc: -9);
        (node["a"].Status.State, node["a"].Status.Error, node["a"].Status.FailCount).Should().Be((JobState.Failed, "shutdown", 1));
        node["b"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_job_with_retries_that_is_stopped_with_the_node_runs_again_after_the_next_start()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':1}");
        var run = node.Start();
        node.Core.Close();
        node.End(run, rc: -9);
        var next = new TestNode(clock: node.Clock);

        next.Load(node.Core.Snapshot());
        next.Pass(1);

        next.Take().Job.Id.Should().Be("a");
        node.History.Single().Status.Error.Should().Be("shutdown");
    }

    [Fact]
    public void A_claimed_job_without_a_process_does_not_fail_when_the_node_stops()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        var run = node.Take();
        node.Core.Close();

        node.End(run, error: "stopped");

        (node["a"].Status.State, node["a"].Status.Active, node["a"].Status.FailCount).Should().Be((JobState.New, true, 0));
    }

    [Fact]
    public void Configurations_for_this_node_are_applied_one_after_the_other()
    {
        var node = new TestNode();
        node.Merge(
            Some.Job("{'id':'a','pool':'__config','args':{'x':1},'node':'n1','submit_ts':1,'ts':5}"),
            Some.Job("{'id':'b','pool':'__config','args':{'x':2},'node':'n1','submit_ts':2,'ts':5}"));

        var first = node.Start("__config");

        first.Job.Id.Should().Be("a");
        node.Core.ClaimNext("__config", node.Now).Should().BeNull();
        node.End(first);
        node.Take("__config").Job.Id.Should().Be("b");
    }

    [Fact]
    public void Snapshots_and_changes_come_in_the_order_of_the_changes()
    {
        var node = new TestNode();
        foreach (var id in new[] { "a", "b", "c" })
            _ = node.Accept($"{{'id':'{id}','pool':'p1','args':['x'],'node':'n9'}}");

        var seq = node["b"].Seq;
        _ = node.Accept("{'id':'a','tags':['t']}");

        node.Core.Snapshot().Select(job => job.Id).Should().Equal("b", "c", "a");
        node.Core.ChangesSince(seq).Select(job => job.Id).Should().Equal("c", "a");
        node.Core.ChangesSince(node.Core.Seq).Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changes_come_in_pieces_also_when_the_last_job_of_a_piece_changes_again(bool changesAgain)
    {
        var node = new TestNode();
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
            _ = node.Accept($"{{'id':'{id}','pool':'p1','args':['x'],'node':'n9'}}");

        var first = Piece(0, null);
        if (changesAgain)
            _ = node.Accept("{'id':'b','tags':['t']}");
        var second = Piece(first.Seq, first.Last);
        var third = Piece(second.Seq, second.Last);

        Ids(first).Should().Equal("a", "b");
        Ids(second).Should().Equal("c", "d");
        Ids(third).Should().Equal(changesAgain ? ["e", "b"] : ["e"]);
        (changesAgain ? Piece(third.Seq, third.Last) : third).Should()
            .BeEquivalentTo(new { node.Core.Seq, Last = (Job?)null }, "that is all");

        ChangePiece Piece(long seq, Job? last) =>
            node.Core.PieceSince(seq, last, most: 2, unassigned: false, removed: false, removedAfter: 0);

        IEnumerable<string> Ids(ChangePiece piece) => piece.Jobs.Select(job => job.Id);
    }
}
