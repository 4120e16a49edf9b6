using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>Which of two copies of a job wins (docs/SPECIFICATION.md#conflicts).</summary>
public sealed class ConflictResolverTests
{
    private const string A = "'id':'a','pool':'p1','args':['x'],'submit_node':'n1'";

    private static Job Copy(string keys) => Some.Job($"{{{A},{keys}}}");

    private static (TestNode Node, Run Run) Running(string keys = "'node':'n1','ts':5")
    {
        var node = new TestNode();
        node.Merge(Copy(keys));
        return (node, node.Start());
    }

    [Fact]
    public void An_unknown_job_is_accepted()
    {
        var node = new TestNode(Some.Head());

        node.Merge(Copy("'node':'n1','ts':5")).Should().Equal("a");

        node["a"].Ts.Should().Be(5);
    }

    [Fact]
    public void A_copy_that_hides_that_a_job_is_a_configuration_changes_nothing()
    {
        var node = new TestNode(Some.Head());
        var config = node.Accept("{'id':'a','pool':'__config','node':'n2','args':{'name':'n2'}}");

        var settings = Some.Job("{'id':'b','args':{'name':'evil'}}").Spec.Settings;
        node.Merge(config with
        {
            Spec = config.Spec with { Pool = "p1", Settings = settings },
            Status = config.Status with { State = JobState.Running },
            Ts = config.Ts + 9,
        }).Should().BeEmpty();

        node["a"].Spec.Settings!.Value.GetRawText().Should().Contain("n2");
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void A_copy_is_accepted_when_it_is_newer_than_the_local_one(double ts, bool taken)
    {
        var node = new TestNode(Some.Head());
        node.Merge(Copy("'node':'n1','ts':5"));

        node.Merge(Copy("'node':'n1'") with { Ts = ts }).Should().HaveCount(taken ? 1 : 0);
    }

    [Fact]
    public void An_accepted_copy_gets_a_local_number_of_change()
    {
        var node = new TestNode(Some.Head());

        node.Merge(Copy("'node':'n1','ts':5,'seq':999"));

        node["a"].Seq.Should().Be(1);
    }

    [Fact]
    public void A_job_that_reaches_its_node_is_claimed_there()
    {
        var node = new TestNode();

        node.Merge(Copy("'node':'n1','ts':5"));

        (node["a"].Status.Active, node["a"].Ts > 5).Should().Be((true, true));
    }

    [Fact]
    public void A_copy_of_an_earlier_epoch_is_stale_whatever_its_stamp()
    {
        var node = new TestNode(Some.Head());
        node.Merge(Copy("'node':'n2','epoch':1,'ts':5"));

        node.Merge(Copy("'node':'n1','state':'failed','ts':500")).Should().BeEmpty();

        node["a"].Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_result_is_not_hidden_by_a_clock_that_is_behind()
    {
        var node = new TestNode(Some.Head());
        node.Merge(Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':500"));

        node.Merge(Copy("'node':'n1','state':'done','start_count':1,'ts':100"));

        node["a"].Status.State.Should().Be(JobState.Done);
        node["a"].Ts.Should().BeGreaterThan(500);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_kill_wins_over_a_copy_that_was_in_flight_to_another_node(double ts)
    {
        // Found by ClusterProperties (seed d4zzqjEPOOG2): a tag on the unassigned copy gave it a stamp that hid the kill.
        var routed = Copy("'node':'n2','state':'killed','active':true,'ts':5");
        var waiting = Copy("'node':'n1','tags':['t']") with { Ts = ts };
        var (one, other) = (new TestNode(Some.Head()), new TestNode(Some.Head()));

        one.Merge(routed, waiting);
        other.Merge(waiting, routed);

        new[] { one["a"], other["a"] }.Should().OnlyContain(job => job.Status.State == JobState.Killed && job.Status.Active);
        one["a"].Status.Node.Should().Be(other["a"].Status.Node);
        one.Merge(waiting, routed).Should().BeEmpty();
    }

    [Fact]
    public void A_run_is_not_undone_by_a_change_of_an_unassigned_copy()
    {
        // Found by the simulator (seed 1443): the counts of a resubmitted job do not compare, and the stamp was later.
        var (node, run) = Running("'node':'n1','submit_node':'head','resubmit':true,'ts':5");
        var waiting = Copy("'node':'head','submit_node':'head','resubmit':true,'tags':['t']") with { Ts = node.Clock.Wall + 5 };

        node.Merge(waiting);

        (node["a"].Status.Node, node["a"].Status.State, node["a"].Spec.Tags.Single(), run.Stop)
            .Should().Be(("n1", JobState.Running, "t", StopReason.None));
        node["a"].Ts.Should().BeGreaterThan(waiting.Ts);
        node.Merge(waiting).Should().BeEmpty();
    }

    [Fact]
    public void A_kill_meant_for_another_node_ends_the_local_run()
    {
        var (node, run) = Running();

        node.Merge(Copy("'node':'n2','state':'killed','active':true,'ts':5"));

        (node["a"].Status.Node, node["a"].Status.State, run.Stop).Should().Be(("n1", JobState.Killed, StopReason.Killed));
    }

    [Fact]
    public void A_killed_job_that_turns_out_to_be_of_this_node_has_ended()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n2','state':'killed','active':true,'ts':5"));

        node.Merge(Copy("'node':'n1','ts':6"));

        (node["a"].Status.State, node["a"].HasEnded).Should().Be((JobState.Killed, true));
        node.History.Should().ContainSingle();
    }

    [Fact]
    public void A_job_presumed_lost_recovers_when_its_node_reports_it_whatever_the_clocks()
    {
        var head = new TestNode(Some.Head());
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':5");
        head.Merge(running);
        head.Pass(61);
        head["a"].Status.Error.Should().Be("expired");

        head.Merge(running with { Ts = 6 });

        head["a"].Status.State.Should().Be(JobState.Running);
    }

    [Theory]
    [InlineData("'state':'running','active':true,'start_count':1,'ts':5")]
    [InlineData("'state':'done','rc':0,'start_count':1,'ts':5")]
    public void A_remote_presumption_of_loss_does_not_change_the_local_copy(string ours)
    {
        var head = new TestNode(Some.Head());
        head.Merge(Copy($"'node':'n1',{ours}"));
        var before = head["a"];

        head.Merge(Copy("'node':'n1','state':'failed','error':'expired','start_count':1,'ts':900"));

        head["a"].Should().BeSameAs(before);
    }

    [Fact]
    public void A_pending_kill_is_not_hidden_by_a_status_update()
    {
        var head = new TestNode(Some.Head());
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':5");
        head.Merge(running);
        _ = head.Kill("a");

        head.Merge(running with { Ts = head.Clock.Wall + 100 });

        (head["a"].Status.State, head["a"].Status.Active).Should().Be((JobState.Killed, true));
        head["a"].Ts.Should().BeGreaterThan(head.Clock.Wall + 100);
    }

    [Fact]
    public void A_kill_from_upstream_passes_a_node_with_a_newer_copy()
    {
        var head = new TestNode(Some.Head());
        head.Merge(Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':500"));

        head.Merge(Copy("'node':'n1','state':'killed','active':true,'ts':100"));

        (head["a"].Status.State, head["a"].Status.Active, head["a"].Status.StartCount).Should().Be((JobState.Killed, true, 1));
    }

    [Theory]
    [InlineData(100, 500)]
    [InlineData(500, 100)]
    public void A_change_of_the_spec_and_a_status_update_both_survive_a_merge(double changed, double updated)
    {
        var change = Copy("'node':'n1','tags':['t']") with { Ts = changed };
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1") with { Ts = updated };
        var (one, other) = (new TestNode(Some.Head()), new TestNode(Some.Head()));

        one.Merge(change, running);
        other.Merge(running, change);

        one["a"].Status.State.Should().Be(JobState.Running);
        other["a"].Status.State.Should().Be(JobState.Running);
        one["a"].Spec.Tags.Should().Equal(other["a"].Spec.Tags);
        one["a"].Spec.Tags.Should().HaveCount(changed > updated ? 1 : 0);
    }

    [Fact]
    public void All_nodes_choose_the_same_of_two_changes_with_equal_stamps()
    {
        var (one, other) = (new TestNode(Some.Head()), new TestNode(Some.Head()));
        var (first, second) = (Copy("'node':'n1','ts':5,'tags':['x']"), Copy("'node':'n1','ts':5,'tags':['y']"));

        one.Merge(first, second);
        other.Merge(second, first);

        one["a"].Spec.Tags.Should().Equal(other["a"].Spec.Tags);
    }

    [Fact]
    public void A_legacy_peer_may_resubmit_with_its_counts_reset()
    {
        var head = new TestNode(Some.Head());
        head.Merge(Copy("'node':'n1','resubmit':1,'state':'running','start_count':3,'ts':5"));

        head.Merge(Copy("'node':'n1','resubmit':1,'state':'new','start_count':0,'ts':6")).Should().Equal("a");
    }

    [Fact]
    public void Unknown_attributes_are_kept_and_forwarded()
    {
        var node = new TestNode(Some.Head());

        node.Merge(Copy("'node':'n1','ts':5,'colour':'red'"));

        node.Core.ChangesSince(0).Single().Extra!["colour"].GetString().Should().Be("red");
    }

    [Fact]
    public void A_newer_node_status_is_accepted_from_any_peer()
    {
        var head = new TestNode(Some.Head());
        head.ReceiveNodes("x", ("n1", Some.Status(5, 5)));
        head.ReceiveNodes("y", ("n1", Some.Status(4, 4)));
        head.ReceiveNodes("z", ("n1", Some.Status(6, 6)));

        head.Core.FreeSlots()["p1"]["n1"].Limit.Should().Be(6);
        head.Core.Nodes.Find("n1")!.Peer.Should().Be("z");
    }
}
