using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>Which of two copies of a job holds (docs/SPECIFICATION.md#conflicts).</summary>
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
    public void A_job_that_is_unknown_is_taken_over()
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

        node.Merge(config with { Pool = "p1", State = JobState.Running, Settings = Some.Job("{'id':'b','args':{'name':'evil'}}").Settings, Ts = config.Ts + 9 }).Should().BeEmpty();

        node["a"].Settings!.Value.GetRawText().Should().Contain("n2");
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void A_job_is_taken_over_when_it_is_newer_than_ours(double ts, bool taken)
    {
        var node = new TestNode(Some.Head());
        node.Merge(Copy("'node':'n1','ts':5"));

        node.Merge(Copy("'node':'n1'") with { Ts = ts }).Should().HaveCount(taken ? 1 : 0);
    }

    [Fact]
    public void What_is_taken_over_gets_a_number_of_our_own()
    {
        var node = new TestNode(Some.Head());

        node.Merge(Copy("'node':'n1','ts':5,'seq':999"));

        node["a"].Seq.Should().Be(1);
    }

    [Fact]
    public void A_job_that_comes_to_its_node_is_claimed_there()
    {
        var node = new TestNode();

        node.Merge(Copy("'node':'n1','ts':5"));

        (node["a"].Active, node["a"].Ts > 5).Should().Be((true, true));
    }

    [Fact]
    public void A_copy_from_before_the_job_was_sent_off_anew_is_stale_whatever_its_clock_says()
    {
        var node = new TestNode(Some.Head());
        node.Merge(Copy("'node':'n2','epoch':1,'ts':5"));

        node.Merge(Copy("'node':'n1','state':'done','ts':500")).Should().BeEmpty();

        node["a"].Node.Should().Be("n2");
    }

    [Fact]
    public void A_result_is_not_hidden_by_a_clock_that_is_behind()
    {
        var node = new TestNode(Some.Head());
        node.Merge(Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':500"));

        node.Merge(Copy("'node':'n1','state':'done','start_count':1,'ts':100"));

        node["a"].State.Should().Be(JobState.Done);
        node["a"].Ts.Should().BeGreaterThan(500);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_kill_holds_against_a_copy_that_was_on_its_way_to_another_node_meanwhile(double ts)
    {
        // Found by ClusterProperties (seed d4zzqjEPOOG2): the copy that waited to be given a node was tagged, and hid the kill with its stamp.
        var routed = Copy("'node':'n2','state':'killed','active':true,'ts':5");
        var waiting = Copy("'node':'n1','tags':['t']") with { Ts = ts };
        var (one, other) = (new TestNode(Some.Head()), new TestNode(Some.Head()));

        one.Merge(routed, waiting);
        other.Merge(waiting, routed);

        new[] { one["a"], other["a"] }.Should().OnlyContain(job => job.State == JobState.Killed && job.Active);
        one["a"].Node.Should().Be(other["a"].Node);
        one.Merge(waiting, routed).Should().BeEmpty();
    }

    [Fact]
    public void A_run_is_not_undone_by_a_change_of_a_copy_that_waited_for_its_node_and_has_not_heard_of_it()
    {
        // Found by the simulator (seed 1443): counts of a job that is resubmitted cannot be compared, and the stamp was later.
        var (node, run) = Running("'node':'n1','submit_node':'head','resubmit':true,'ts':5");
        var waiting = Copy("'node':'head','submit_node':'head','resubmit':true,'tags':['t']") with { Ts = node.Clock.Wall + 5 };

        node.Merge(waiting);

        (node["a"].Node, node["a"].State, node["a"].Tags.Single(), run.Stop).Should().Be(("n1", JobState.Running, "t", StopReason.None));
        node["a"].Ts.Should().BeGreaterThan(waiting.Ts);
        node.Merge(waiting).Should().BeEmpty();
    }

    [Fact]
    public void A_kill_that_was_meant_for_another_node_ends_the_run_that_is_here()
    {
        var (node, run) = Running();

        node.Merge(Copy("'node':'n2','state':'killed','active':true,'ts':5"));

        (node["a"].Node, node["a"].State, run.Stop).Should().Be(("n1", JobState.Killed, StopReason.Killed));
    }

    [Fact]
    public void A_killed_job_that_turns_out_to_be_of_this_node_has_ended()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n2','state':'killed','active':true,'ts':5"));

        node.Merge(Copy("'node':'n1','ts':6"));

        (node["a"].State, node["a"].HasEnded).Should().Be((JobState.Killed, true));
        node.History.Should().ContainSingle();
    }

    [Fact]
    public void A_job_taken_for_lost_is_found_again_when_its_node_is_heard_of_whatever_the_clocks_say()
    {
        var head = new TestNode(Some.Head());
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':5");
        head.Merge(running);
        head.Pass(61);
        head["a"].Error.Should().Be("expired");

        head.Merge(running with { Ts = 6 });

        head["a"].State.Should().Be(JobState.Running);
    }

    [Theory]
    [InlineData("'state':'running','active':true,'start_count':1,'ts':5")]
    [InlineData("'state':'done','rc':0,'start_count':1,'ts':5")]
    public void Another_node_that_takes_a_job_for_lost_does_not_change_what_we_know_of_it(string ours)
    {
        var head = new TestNode(Some.Head());
        head.Merge(Copy($"'node':'n1',{ours}"));
        var before = head["a"];

        head.Merge(Copy("'node':'n1','state':'failed','error':'expired','start_count':1,'ts':900"));

        head["a"].Should().BeSameAs(before);
    }

    [Fact]
    public void A_kill_that_its_node_has_not_answered_is_not_hidden_by_news_of_the_job()
    {
        var head = new TestNode(Some.Head());
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':5");
        head.Merge(running);
        _ = head.Kill("a");

        head.Merge(running with { Ts = head.Clock.Wall + 100 });

        (head["a"].State, head["a"].Active).Should().Be((JobState.Killed, true));
        head["a"].Ts.Should().BeGreaterThan(head.Clock.Wall + 100);
    }

    [Fact]
    public void A_kill_from_upstream_passes_a_node_that_has_heard_newer_news_of_the_job()
    {
        var head = new TestNode(Some.Head());
        head.Merge(Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':500"));

        head.Merge(Copy("'node':'n1','state':'killed','active':true,'ts':100"));

        (head["a"].State, head["a"].Active, head["a"].StartCount).Should().Be((JobState.Killed, true, 1));
    }

    [Theory]
    [InlineData(100, 500)]
    [InlineData(500, 100)]
    public void A_change_of_the_spec_survives_news_of_the_job_and_the_other_way_round(double changed, double news)
    {
        var change = Copy("'node':'n1','tags':['t']") with { Ts = changed };
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1") with { Ts = news };
        var (one, other) = (new TestNode(Some.Head()), new TestNode(Some.Head()));

        one.Merge(change, running);
        other.Merge(running, change);

        one["a"].State.Should().Be(JobState.Running);
        other["a"].State.Should().Be(JobState.Running);
        one["a"].Tags.Should().Equal(other["a"].Tags);
        one["a"].Tags.Should().HaveCount(changed > news ? 1 : 0);
    }

    [Fact]
    public void Of_two_changes_with_one_stamp_all_nodes_take_the_same()
    {
        var (one, other) = (new TestNode(Some.Head()), new TestNode(Some.Head()));
        var (first, second) = (Copy("'node':'n1','ts':5,'tags':['x']"), Copy("'node':'n1','ts':5,'tags':['y']"));

        one.Merge(first, second);
        other.Merge(second, first);

        one["a"].Tags.Should().Equal(other["a"].Tags);
    }

    [Fact]
    public void An_old_peer_may_resubmit_with_its_counts_reset()
    {
        var head = new TestNode(Some.Head());
        head.Merge(Copy("'node':'n1','resubmit':1,'state':'running','start_count':3,'ts':5"));

        head.Merge(Copy("'node':'n1','resubmit':1,'state':'new','start_count':0,'ts':6")).Should().Equal("a");
    }

    [Fact]
    public void What_is_not_ours_is_kept_and_sent_on()
    {
        var node = new TestNode(Some.Head());

        node.Merge(Copy("'node':'n1','ts':5,'colour':'red'"));

        node.Core.ChangesSince(0).Single().Extra!["colour"].GetString().Should().Be("red");
    }

    [Fact]
    public void Status_of_a_node_is_taken_over_when_newer_whichever_way_it_came()
    {
        var head = new TestNode(Some.Head());
        head.Hear("x", ("n1", Some.Status(5, 5)));
        head.Hear("y", ("n1", Some.Status(4, 4)));
        head.Hear("z", ("n1", Some.Status(6, 6)));

        head.Core.FreeSlots()["p1"]["n1"].Limit.Should().Be(6);
        head.Core.Nodes.Find("n1")!.Peer.Should().Be("z");
    }
}
