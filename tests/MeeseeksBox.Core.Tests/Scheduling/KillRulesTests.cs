using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Kills (docs/SPECIFICATION.md#kill).</summary>
public sealed class KillRulesTests
{
    private const string A = "{'id':'a','pool':'p1','args':['x'],'retries':5,'restart':1}";

    [Fact]
    public void A_job_that_waits_ends_at_once()
    {
        var node = new TestNode();
        _ = node.Accept(A);

        var job = node.Kill("a")!;

        (job.Status.State, job.Status.Active, job.Status.EndTs).Should().Be((JobState.Killed, false, node.Clock.Wall));
        node.History.Should().ContainSingle().Which.Status.State.Should().Be(JobState.Killed);
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
    }

    [Fact]
    public void A_running_job_is_active_until_its_process_is_gone()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Start();

        var killed = node.Kill("a")!;

        (killed.Status.State, killed.Status.Active, run.Stop).Should().Be((JobState.Killed, true, StopReason.Killed));
        node.History.Should().BeEmpty();

        node.End(run, rc: -9);

        (node["a"].Status.State, node["a"].Status.Active, node["a"].Status.Rc, node["a"].Status.FailCount)
            .Should().Be((JobState.Killed, false, -9, 0));
        node.History.Should().ContainSingle().Which.Status.Rc.Should().Be(-9);
    }

    [Fact]
    public void A_killed_job_is_killed_even_when_its_process_succeeds()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Start();
        _ = node.Kill("a");

        node.End(run);

        (node["a"].Status.State, node["a"].Status.Rc).Should().Be((JobState.Killed, 0));
    }

    [Fact]
    public void A_job_killed_between_its_claim_and_its_start_ends_as_killed()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Take();

        _ = node.Kill("a");
        node.Core.Started(run, 1, node.Now);
        node["a"].Status.State.Should().Be(JobState.Killed);
        node.End(run, rc: -9);

        (node["a"].Status.State, node["a"].Status.Active).Should().Be((JobState.Killed, false));
    }

    [Fact]
    public void A_kill_of_a_job_presumed_lost_clears_the_error_expired()
    {
        // Found by LifeTests (seed 86): the head resent its kill forever, because the reply still had the error of the last run.
        var node = new TestNode();
        var head = new TestNode(Some.Head());
        var retried = Some.Job(
            "{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1',"
            + "'epoch':1,'fail_count':1,'error':'expired','end_ts':3,'ts':5}");
        head.ReceiveNodes(("n1", Some.Status(0)));
        head.Merge(retried);

        node.Merge(head.Kill("a")!);
        head.Merge(node["a"]);

        (node["a"].Status.State, node["a"].Status.Error).Should().Be((JobState.Killed, null));
        (head["a"].Status.State, head["a"].Status.Active).Should().Be((JobState.Killed, false));
        node.Merge(head["a"]).Should().BeEmpty();
    }

    [Fact]
    public void A_job_killed_while_it_waits_for_its_next_run_drops_the_result_of_the_last_run()
    {
        var node = new TestNode();
        node.Merge(Some.Job(
            "{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1',"
            + "'epoch':1,'fail_count':1,'error':'expired','end_ts':3,'ts':5}"));

        node.Kill("a")!.Status.Error.Should().BeNull();
    }

    [Theory]
    [InlineData(StopReason.Overdue)]
    [InlineData(StopReason.PoolRemoved)]
    [InlineData(StopReason.Shutdown)]
    public void A_job_killed_while_it_is_being_stopped_for_another_reason_is_not_run_again(StopReason reason)
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':5,'runtime':3}");
        var run = node.Start();
        switch (reason)
        {
            case StopReason.Overdue:
                node.Pass(4);
                break;
            case StopReason.PoolRemoved:
                node.Apply(Some.Head("n1"));
                break;
            default:
                node.Core.Close();
                break;
        }

        run.Stop.Should().Be(reason);
        _ = node.Kill("a");
        node.End(run, rc: -9);

        node["a"].Status.State.Should().Be(JobState.Killed);
        node.TakeEffects().Stops.Should().Equal(run);
    }

    [Fact]
    public void A_kill_of_an_ended_job_changes_nothing_and_answers_the_job()
    {
        var node = new TestNode();
        var ended = node.RunToEnd("{'id':'a','pool':'p1','args':['x']}");

        node.Kill("a").Should().BeSameAs(ended);
    }

    [Fact]
    public void A_kill_of_an_unknown_job_answers_nothing() => new TestNode().Kill("nosuch").Should().BeNull();

    [Fact]
    public void A_killed_job_claimed_elsewhere_is_active_until_its_node_has_ended_it()
    {
        var head = TestNode.Head(("n1", 2));
        _ = head.Accept(A);
        head.Merge(head["a"] with { Status = head["a"].Status with { Active = true }, Ts = head.Clock.Wall + 1 });

        head.Kill("a")!.Status.Active.Should().BeTrue();
        head.History.Should().BeEmpty();

        head.Merge(head["a"] with { Status = head["a"].Status with { Active = false, EndTs = 1 }, Ts = head.Clock.Wall + 2 });

        head.History.Should().ContainSingle().Which.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_killed_job_in_flight_to_a_known_node_is_active_until_that_node_has_replied()
    {
        // The job may have started there already, even if the node cannot be reached now.
        var head = TestNode.Head(("n1", 2));
        _ = head.Accept("{'id':'a','node':'n1','pool':'p1','args':['x']}");
        head.Pass(61);

        head.Kill("a")!.Status.Active.Should().BeTrue();
        head.Pass(61);

        head["a"].HasEnded.Should().BeTrue();
    }

    [Fact]
    public void A_killed_job_for_an_unknown_node_ends_at_once()
    {
        var head = TestNode.Head();
        _ = head.Accept("{'id':'a','node':'n9','pool':'p1','args':['x']}");

        head.Kill("a")!.HasEnded.Should().BeTrue();
    }

    [Fact]
    public void A_killed_job_without_a_node_ends_at_once()
    {
        var head = TestNode.Head();
        _ = head.Accept(A);

        head.Kill("a")!.HasEnded.Should().BeTrue();
        head.History.Should().ContainSingle();
    }
}
