using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>
/// What a person asked for outlives what nodes do by themselves before they hear of it (docs/SPECIFICATION.md#answered-requests).
/// </summary>
public sealed class AnsweredRequestTests
{
    private const string A = "'id':'a','pool':'p1','args':['x'],'submit_node':'n1','submit_ts':1";

    private static Job Copy(string keys) => Some.Job($"{{{A},{keys}}}");

    // A job that n1 ran three times by itself, and runs again.
    private static (TestNode Node, Run Run) Rerun()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5,'resubmit':true"));
        for (var i = 0; i < 3; i++)
        {
            node.End(node.Start());
            node.Pass(2);
        }

        return (node, node.Start());
    }

    private static TestNode HeadWith(Job job)
    {
        var head = TestNode.Head(("n1", 2), ("n2", 2));
        head.Merge(job);
        return head;
    }

    [Theory]
    [InlineData("'active':true")]
    [InlineData("'active':false,'end_ts':9")]
    [InlineData("'active':false,'end_ts':9,'error':'expired'")]
    public void A_kill_reaches_a_job_that_its_node_has_sent_off_again_meanwhile(string end)
    {
        var (node, run) = Rerun();
        node["a"].Status.Epoch.Should().Be(3);

        node.Merge(Copy($"'node':'n1','resubmit':true,'state':'killed',{end},'ts':9"));

        (node["a"].Status.State, node["a"].Status.Epoch, run.Stop).Should().Be((JobState.Killed, 3, StopReason.Killed));
        node.End(run, rc: -9);
        (node["a"].Status.State, node["a"].HasEnded).Should().Be((JobState.Killed, true));
    }

    [Theory]
    [InlineData("'state':'running','active':true,'start_count':1")]
    [InlineData("'state':'new','active':true")]
    public void A_pending_kill_holds_against_the_copy_of_a_later_run(string later)
    {
        var head = HeadWith(Copy("'node':'n1','resubmit':true,'state':'running','active':true,'start_count':1,'ts':5"));
        _ = head.Kill("a");

        head.Merge(Copy($"'node':'n1','resubmit':true,'epoch':2,{later}") with { Ts = head.Clock.Wall + 50 });

        (head["a"].Status.State, head["a"].Status.Active, head["a"].Status.Epoch).Should().Be((JobState.Killed, true, 2));
        head["a"].Ts.Should().BeGreaterThan(head.Clock.Wall + 50, "the node must accept it");
    }

    [Fact]
    public void A_kill_that_its_node_has_confirmed_ends_the_run_to_which_another_head_has_sent_the_job()
    {
        var node = new TestNode(Some.Node("n2"));
        node.Merge(Copy("'node':'n2','retries':1,'fail_count':1,'epoch':1,'ts':8"));
        var run = node.Start();

        node.Merge(Copy("'node':'n1','retries':1,'state':'killed','start_count':1,'end_ts':7,'ts':7"));

        (node["a"].Status.State, run.Stop).Should().Be((JobState.Killed, StopReason.Killed));
    }

    [Fact]
    public void A_node_stops_its_stale_run_when_the_job_was_killed_and_runs_elsewhere()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5,'retries':1"));
        var run = node.Start();
        _ = node.Kill("a");

        node.Merge(Copy("'node':'n2','retries':1,'fail_count':1,'epoch':1,'state':'running','active':true,'start_count':2,'ts':8"));

        (node["a"].Status.State, node["a"].Status.Node, node["a"].Status.Active).Should().Be((JobState.Killed, "n2", true));
        run.Stop.Should().Be(StopReason.Superseded);
        node.End(run, rc: -9);
        node["a"].HasEnded.Should().BeFalse("n2 has not confirmed the kill");
    }

    [Fact]
    public void A_killed_job_that_was_removed_here_is_killed_where_it_runs_again()
    {
        var head = HeadWith(Copy("'node':'n1','resubmit':true,'state':'running','active':true,'start_count':1,'ts':5"));
        _ = head.Kill("a");
        head.Pass(200);
        head.Core.Find("a").Should().BeNull();

        head.Merge(Copy("'node':'n1','resubmit':true,'epoch':4,'state':'running','active':true,'start_count':1,'ts':99"));

        (head["a"].Status.State, head["a"].Status.Active).Should().Be((JobState.Killed, true));
    }

    [Theory]
    [InlineData("'resubmit':true,'retries':1,'epoch':1")]
    [InlineData("'retries':1")]
    public void A_killed_job_does_not_run_again_when_a_head_that_gave_it_up_sends_it_off_again(string keys)
    {
        var node = new TestNode();
        node.Merge(Copy($"'node':'n1','ts':5,{keys}"));
        node.End(node.Start(), rc: 1);
        node.Pass(2);
        _ = node.Start();
        var run = node.Core.Runs.Single();
        _ = node.Kill("a");
        node.End(run, rc: -9);
        var sentOff = Copy($"'node':'n1',{keys},'start_count':4,'fail_count':3,'error':'expired','end_ts':8,'ts':9999");
        var head = HeadWith(sentOff);

        node.Merge(sentOff);
        head.Merge(node["a"]);

        foreach (var job in new[] { node["a"], head["a"] })
            (job.Status.State, job.HasEnded).Should().Be((JobState.Killed, true));
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.History.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kill_that_its_node_has_confirmed_holds_when_another_node_gave_the_job_up_and_moved_it(bool isKillFirst)
    {
        var head = TestNode.Head(("n1", 2), ("n2", 2));
        var killed = Copy("'node':'n1','retries':1,'epoch':1,'state':'killed','start_count':1,'end_ts':7,'ts':7");
        var moved = Copy("'node':'n2','retries':1,'epoch':1,'fail_count':1,'start_count':1,'end_ts':8,'error':'expired','ts':8");

        foreach (var job in isKillFirst ? new[] { killed, moved } : [moved, killed])
            head.Merge(job);

        (head["a"].Status.State, head["a"].Status.Node, head["a"].Status.Active).Should().Be((JobState.Killed, "n2", true));
    }

    [Fact]
    public void A_kill_holds_when_a_head_places_the_job_for_its_next_run_meanwhile()
    {
        var head = HeadWith(Copy("'node':'n2','resubmit':true,'epoch':6,'end_ts':7,'ts':9"));

        head.Merge(Copy("'node':'n1','resubmit':true,'epoch':6,'state':'killed','active':true,'end_ts':7,'ts':8"));

        (head["a"].Status.State, head["a"].Status.Node, head["a"].Status.Active).Should().Be((JobState.Killed, "n2", true));
    }

    [Fact]
    public void A_restart_by_a_person_holds_against_a_kill_before_it()
    {
        var head = HeadWith(Copy("'node':'n1','state':'killed','start_count':1,'end_ts':6,'ts':6"));
        _ = head.Accept("{'id':'a','state':'new'}");

        head.Merge(Copy("'node':'n1','state':'killed','start_count':1,'end_ts':6") with { Ts = head.Clock.Wall + 50 });

        (head["a"].Status.State, head["a"].Status.RestartedAt).Should().Be((JobState.New, head.Clock.Wall));
    }

    [Fact]
    public void A_restart_by_a_person_outranks_runs_that_a_node_began_by_itself()
    {
        var (node, run) = Rerun();

        node.Merge(Copy("'node':'n2','restarted_at':6,'epoch':1,'ts':9"));

        (node["a"].Status.Node, run.Stop).Should().Be(("n2", StopReason.Superseded));
    }

    [Fact]
    public void A_kill_by_sync_of_a_client_reaches_a_later_run()
    {
        var (node, run) = Rerun();
        var ofClient = Copy("'node':false,'resubmit':true,'state':'killed','ts':9");

        node.Merge(ofClient);

        (node["a"].Status.State, run.Stop).Should().Be((JobState.Killed, StopReason.Killed));
    }

    [Theory]
    [InlineData("'restart':false")]
    [InlineData("'hold':true")]
    [InlineData("'tags':['t']")]
    [InlineData("'retries':7")]
    [InlineData("'runtime':5")]
    public void A_change_holds_when_the_job_changed_its_status_at_its_node_meanwhile(string change)
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5,'restart':true"));
        var head = HeadWith(node["a"]);
        _ = head.Accept($"{{'id':'a',{change}}}");
        node.Pass(10);
        _ = node.Start();

        head.Merge(node["a"]);
        node.Merge(head["a"]);

        var asked = Some.Job($"{{{A},'restart':true,{change}}}");
        foreach (var job in new[] { head["a"], node["a"] })
        {
            job.Status.State.Should().Be(JobState.Running);
            JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec)
                .Should().OnlyContain(attribute => attribute.IsSame(job, asked));
        }
    }

    [Fact]
    public void A_change_holds_when_the_job_was_sent_off_again_meanwhile()
    {
        var (node, run) = Rerun();
        var head = HeadWith(Copy("'node':'n1','ts':5,'resubmit':true"));
        _ = head.Accept("{'id':'a','resubmit':false}");

        node.Merge(head["a"]);

        node["a"].Status.Epoch.Should().Be(3);
        node.End(run);
        node["a"].Status.State.Should().Be(JobState.Done);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_changes_of_different_attributes_hold_both(bool isLater)
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));
        var head = HeadWith(node["a"]);
        node.Clock.PassUntil(node.Clock.Steady + (isLater ? 10 : 0));
        head.Clock.PassUntil(head.Clock.Steady + (isLater ? 0 : 10));
        _ = node.Accept("{'id':'a','tags':['node']}");
        _ = head.Accept("{'id':'a','hold':true}");
        var (ofNode, ofHead) = (node["a"], head["a"]);

        head.Merge(ofNode);
        node.Merge(ofHead);

        foreach (var job in new[] { head["a"], node["a"] })
        {
            (job.Spec.Tags.Single(), job.Spec.Hold).Should().Be(("node", true));
            job.Spec.ChangedAt!.Keys.Should().Equal("hold", "tags");
        }
    }

    [Theory]
    [InlineData(0, "head")]
    [InlineData(20, "node")]
    public void Of_two_changes_of_one_attribute_the_later_holds(int pause, string holds)
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));
        var head = HeadWith(node["a"]);
        head.Pass(10);
        node.Pass(pause);
        _ = node.Accept("{'id':'a','tags':['node']}");
        _ = head.Accept("{'id':'a','tags':['head']}");
        node.Pass(50);
        _ = node.Start();

        head.Merge(node["a"]);
        node.Merge(head["a"]);

        (head["a"].Spec.Tags.Single(), node["a"].Spec.Tags.Single()).Should().Be((holds, holds));
    }

    [Fact]
    public void A_change_of_a_legacy_node_goes_by_the_stamp_of_its_copy()
    {
        var head = HeadWith(Copy("'node':'n1','ts':5"));
        _ = head.Accept("{'id':'a','tags':['head']}");
        var sent = head["a"];

        head.Merge(sent with { Spec = sent.Spec with { Tags = ["legacy"] }, Ts = sent.Ts + 1 });

        head["a"].Spec.Tags.Should().Equal("legacy");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void An_ended_job_shows_what_ran_and_not_a_change_that_came_too_late(int skew)
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));
        var head = HeadWith(node["a"]);
        head.Pass(skew);
        _ = head.Accept("{'id':'a','args':['y'],'tags':['t']}");
        node.Pass(10);
        node.End(node.Start());

        head.Merge(node["a"]);
        node.Merge(head["a"]);
        head.Merge(node["a"]).Should().BeEmpty("both agree");

        foreach (var job in new[] { head["a"], node["a"] })
            (job.Status.State, job.Spec.Args.Single(), job.Spec.Tags.Single()).Should().Be((JobState.Done, "x", "t"));
    }

    [Fact]
    public void A_change_holds_for_a_job_that_was_presumed_lost_and_is_back()
    {
        var running = Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':5");
        var head = HeadWith(running);
        _ = head.Accept("{'id':'a','tags':['t']}");
        head.Pass(70);
        head["a"].Status.Phase.Should().Be(JobPhase.PresumedLost);

        head.Merge(running with { Ts = head.Clock.Wall + 5 });

        (head["a"].Status.State, head["a"].Spec.Tags.Single()).Should().Be((JobState.Running, "t"));
    }

    [Theory]
    [InlineData("'state':'done','rc':0", JobState.Done)]
    [InlineData("'state':'failed','rc':3,'fail_count':1", JobState.Failed)]
    public void An_end_holds_against_the_crash_of_a_node_that_has_lost_it(string end, JobState state)
    {
        // The node was restored from a backup, in which the job still runs.
        var node = new TestNode();
        node.Load(Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':5"));
        node["a"].Status.Error.Should().Be("crashed");
        var head = HeadWith(Copy($"'node':'n1',{end},'start_count':1,'stdout_data':'aGk=','end_ts':7,'ts':7"));

        head.Merge(node["a"]);
        node.Merge(head["a"]);

        foreach (var job in new[] { head["a"], node["a"] })
            (job.Status.State, job.Status.StdoutData).Should().Be((state, "aGk="));
    }

    [Fact]
    public void A_node_that_has_lost_an_end_does_not_run_the_job_again_after_it_has_heard_of_it()
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Slots = 1, RestartDelay = 5 }));
        node.Load(Copy("'node':'n1','retries':2,'state':'running','active':true,'start_count':1,'ts':5"));
        (node["a"].Status.State, node["a"].Status.FailCount).Should().Be((JobState.New, 1));

        node.Merge(Copy("'node':'n1','retries':2,'state':'done','rc':0,'start_count':1,'end_ts':7,'ts':7"));

        (node["a"].Status.State, node["a"].Status.FailCount).Should().Be((JobState.Done, 0));
    }
}
