using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Retries, restart, resubmit (docs/SPECIFICATION.md#restart-and-retries).</summary>
public sealed class RestartPolicyTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public void Retries_are_the_further_runs_after_failures(int retries, int runs)
    {
        var node = new TestNode();
        _ = node.Accept($"{{'id':'a','pool':'p1','args':['x'],'retries':{retries}}}");

        var count = 0;
        for (; node["a"].Status.State is JobState.New; node.Pass(1))
        {
            node.End(node.Start(), rc: 1);
            count++;
        }

        (count, node["a"].Status.State, node["a"].Status.FailCount, node["a"].Status.StartCount)
            .Should().Be((runs, JobState.Failed, runs, runs));
    }

    [Fact]
    public void A_job_that_is_retried_is_new_at_once_and_still_shows_its_last_run()
    {
        var node = new TestNode();

        var job = node.RunToEnd("{'id':'a','pool':'p1','args':['x'],'retries':1}", rc: 3);

        (job.Status.State, job.Status.Active, job.Status.Rc, job.Status.EndTs, job.Status.FailCount, job.Status.Node)
            .Should().Be((JobState.New, true, 3, node.Clock.Wall, 1, "n1"));
    }

    [Fact]
    public void A_job_that_could_not_start_is_retried_too()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':1}");

        node.End(node.Take(), error: "no such program");

        (node["a"].Status.State, node["a"].Status.Error).Should().Be((JobState.New, "no such program"));
    }

    [Fact]
    public void Restart_runs_a_job_again_on_the_same_node_after_success()
    {
        var node = new TestNode();

        var job = node.RunToEnd("{'id':'a','pool':'p1','args':['x'],'restart':1}");

        (job.Status.State, job.Status.Node, job.Status.StartCount).Should().Be((JobState.New, "n1", 1));
        node.Pass(1);
        node.End(node.Start());
        (node["a"].Status.State, node["a"].Status.StartCount).Should().Be((JobState.New, 2));
    }

    [Fact]
    public void Restart_does_not_run_a_job_again_after_a_failure() =>
        new TestNode().RunToEnd("{'id':'a','pool':'p1','args':['x'],'restart':1}", rc: 1).Status.State.Should().Be(JobState.Failed);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Resubmit_sends_a_job_back_to_its_submit_node_with_its_counts_reset(int rc)
    {
        var node = new TestNode();
        node.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'head','resubmit':true,'ts':1}"));

        node.End(node.Start(), rc);

        (node["a"].Status.State, node["a"].Status.Node, node["a"].Status.Active, node["a"].Status.StartCount, node["a"].Status.FailCount)
            .Should().Be((JobState.New, "head", false, 0, 0));
    }

    [Fact]
    public void A_resubmitted_job_is_placed_again_by_its_submit_node()
    {
        var head = TestNode.Head(("n1", 1), ("n2", 1));
        var job = head.Accept("{'id':'a','pool':'p1','args':['x'],'resubmit':1}");
        head.ReceiveNodes((job.Status.Node!, Some.Status(0, -1)));

        head.Merge(job with { Status = job.Status with { Node = "head", Epoch = 1, EndTs = head.Clock.Wall }, Ts = head.Clock.Wall + 1 });
        head.Pass(1);

        head["a"].Status.Node.Should().NotBe("head").And.NotBe(job.Status.Node).And.NotBeNull();
    }

    [Fact]
    public void Retries_come_before_resubmit()
    {
        var node = new TestNode();
        node.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'head','resubmit':true,'retries':1,'ts':1}"));

        node.End(node.Start(), rc: 1);
        node["a"].Status.Node.Should().Be("n1");
        node.Pass(1);
        node.End(node.Start(), rc: 1);

        node["a"].Status.Node.Should().Be("head");
    }

    [Fact]
    public void A_killed_job_is_not_run_again()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':9,'restart':1,'resubmit':1}");
        var run = node.Start();
        _ = node.Kill("a");

        node.End(run, rc: -9);

        node["a"].Status.State.Should().Be(JobState.Killed);
    }

    [Theory]
    [InlineData("'retries':1", 1)]
    [InlineData("'restart':1", 0)]
    [InlineData("'resubmit':1", 0)]
    [InlineData("'resubmit':1", 1)]
    public void No_job_runs_again_sooner_than_the_restart_delay_after_its_end(string key, int rc)
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Slots = 1, RestartDelay = 5 }));
        _ = node.RunToEnd($"{{'id':'a','pool':'p1','args':['x'],{key}}}", rc);
        _ = node.TakeEffects();

        node.Pass(4.99);
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.Pass(0.01);

        node.TakeEffects().Pools.Should().Equal("p1");
        node.Core.ClaimNext("p1", node.Now).Should().NotBeNull();
    }

    [Fact]
    public void Changes_and_removals_of_a_delayed_job_do_not_accumulate()
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Slots = 1, RestartDelay = 1e9 }));
        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x'],'restart':true}", 0);
        for (var number = 0; number < 5000; number++)
            _ = node.Accept($"{{'id':'a','tags':['{number}']}}");

        node.Core.State.Jobs.DelayCount.Should().BeLessThan(1001);
        node.Core.State.Jobs.NextDelayed.Should().NotBeNull();
    }

    [Fact]
    public void The_restart_delay_is_one_second_by_default()
    {
        var node = new TestNode();

        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x'],'restart':1}");

        node.Core.NextDeadline().Should().Be(node.Clock.Steady + 1);
    }

    [Fact]
    public void A_manual_restart_skips_the_delay()
    {
        var node = new TestNode();
        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x']}");

        _ = node.Accept("{'id':'a','state':'new'}");

        node.Take().Job.Id.Should().Be("a");
    }

    [Fact]
    public void A_job_that_waits_for_its_next_run_delays_no_other_job()
    {
        var node = new TestNode();
        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x'],'restart':1}");

        _ = node.Accept("{'id':'b','pool':'p1','args':['x']}");

        node.Take().Job.Id.Should().Be("b");
    }

    [Fact]
    public void A_resubmitted_job_that_comes_to_another_node_waits_there_too()
    {
        var node = new TestNode();

        node.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n1','epoch':1,'end_ts':5,'ts':9}"));

        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.Pass(1);
        node.Take().Job.Id.Should().Be("a");
    }

    [Fact]
    public void Every_end_of_a_run_is_in_the_history()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':1}");

        node.End(node.Start(), rc: 1);
        node.Pass(1);
        node.End(node.Start(), rc: 2);
        node.Pass(1000);

        node.History.Select(job => (job.Status.State, job.Status.Rc)).Should().Equal((JobState.Failed, 1), (JobState.Failed, 2));
        node.Core.Count.Should().Be(0);
    }
}
