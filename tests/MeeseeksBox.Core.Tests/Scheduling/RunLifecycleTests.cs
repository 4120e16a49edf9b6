using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Runs and their slots (docs/SPECIFICATION.md#life-cycle).</summary>
public sealed class RunLifecycleTests
{
    private const string A = "{'id':'a','pool':'p1','args':['x']}";

    [Fact]
    public void A_job_goes_from_new_and_active_over_running_to_done()
    {
        var node = new TestNode();

        var job = node.Accept(A);
        (job.Status.State, job.Status.Active, job.Status.Pid).Should().Be((JobState.New, true, null));

        var run = node.Start();
        job = node["a"];
        (job.Status.State, job.Status.Active, job.Status.Pid, job.Status.StartCount, job.Status.StartTs)
            .Should().Be((JobState.Running, true, 4711, 1, node.Clock.Wall));

        node.Clock.Pass(5);
        node.End(run);
        job = node["a"];
        (job.Status.State, job.Status.Active, job.Status.Pid, job.Status.Rc, job.Status.EndTs, job.Status.FailCount)
            .Should().Be((JobState.Done, false, null, 0, node.Clock.Wall, 0));
    }

    [Fact]
    public void A_run_without_success_fails_the_job()
    {
        var job = new TestNode().RunToEnd(A, rc: 3);

        (job.Status.State, job.Status.Rc, job.Status.FailCount, job.Status.Active).Should().Be((JobState.Failed, 3, 1, false));
    }

    [Fact]
    public void The_usage_of_a_run_counts_until_the_next_start()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':1}");
        var usage = new RunUsage(1.5, 1000, new IoUsage(10, 20));

        node.Core.Ended(node.Start(), new RunResult(false, 1, Usage: usage), node.Now);
        var ended = node["a"].Status;
        node.Pass(5);
        _ = node.Start();
        var restarted = node["a"].Status;

        (ended.Cpu, ended.MaxRss, ended.Io).Should().Be((1.5, 1000, new IoUsage(10, 20)));
        (restarted.Cpu, restarted.MaxRss, restarted.Io).Should().Be((0, 0, new IoUsage(0, 0)));
    }

    [Fact]
    public void A_job_that_cannot_start_fails_with_the_reason()
    {
        var node = new TestNode();
        _ = node.Accept(A);

        node.End(node.Take(), error: "no such program");

        (node["a"].Status.State, node["a"].Status.Error, node["a"].Status.FailCount, node["a"].Status.StartCount, node["a"].Status.StartTs)
            .Should().Be((JobState.Failed, "no such program", 1, 0, null));
    }

    [Fact]
    public void The_error_of_a_plugin_is_never_taken_for_a_presumption()
    {
        var node = new TestNode();
        _ = node.Accept(A);

        node.End(node.Start(), error: "expired");

        (node["a"].Phase, node["a"].Status.Error).Should().Be((JobPhase.Failed, "failed: expired"));
    }

    [Fact]
    public void A_pool_starts_its_jobs_in_the_order_of_their_submission()
    {
        var node = new TestNode(Some.Node(slots: 0));
        node.Merge(
            Some.Job("{'id':'c','pool':'p1','node':'n1','args':['x'],'submit_ts':30,'ts':1}"),
            Some.Job("{'id':'a','pool':'p1','node':'n1','args':['x'],'submit_ts':20,'ts':2}"),
            Some.Job("{'id':'b','pool':'p1','node':'n1','args':['x'],'submit_ts':10,'ts':3}"));

        var order = new[] { node.Take(), node.Take(), node.Take() };

        order.Select(run => run.Job.Id).Should().Equal("b", "a", "c");
    }

    [Fact]
    public void A_pool_runs_at_most_as_many_jobs_as_it_has_slots()
    {
        var node = new TestNode(Some.Node(slots: 2));
        for (var job = 0; job < 3; job++)
            _ = node.Accept("{'node':'n1','pool':'p1','args':['x']}");

        var first = node.Start();
        _ = node.Start();
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        _ = node.TakeEffects();

        node.End(first);

        node.TakeEffects().Pools.Should().Equal("p1");
        node.Core.ClaimNext("p1", node.Now).Should().NotBeNull();
    }

    [Fact]
    public void A_pool_is_not_woken_for_jobs_that_were_claimed_at_once()
    {
        var node = new TestNode(Some.Node(slots: 1));
        for (var job = 0; job < 2; job++)
            _ = node.Accept("{'node':'n1','pool':'p1','args':['x']}");

        var first = node.Start();
        _ = node.TakeEffects();

        node.End(first);
        node.Core.ClaimNext("p1", node.Now).Should().NotBeNull();

        node.TakeEffects().Pools.Should().BeEmpty();
    }

    [Fact]
    public void A_pool_is_woken_for_jobs_that_are_not_claimed_yet()
    {
        var node = new TestNode(Some.Node(slots: 2));
        for (var job = 0; job < 2; job++)
            _ = node.Accept("{'node':'n1','pool':'p1','args':['x']}");

        node.Core.ClaimNext("p1", node.Now).Should().NotBeNull();

        node.TakeEffects().Pools.Should().Equal("p1");
    }

    [Fact]
    public void A_pool_with_0_slots_has_no_limit()
    {
        var node = new TestNode(Some.Node(slots: 0));
        for (var job = 0; job < 100; job++)
        {
            _ = node.Accept("{'pool':'p1','args':['x']}");
            _ = node.Start();
        }

        node.Core.Runs.Should().HaveCount(100);
    }

    [Fact]
    public void A_draining_pool_finishes_its_runs_and_starts_none()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Start();
        _ = node.Accept("{'node':'n1','pool':'p1','args':['x']}");

        node.Apply(Some.Node(slots: -1));

        run.Stop.Should().Be(StopReason.None);
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.End(run);
        node["a"].Status.State.Should().Be(JobState.Done);
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
    }

    [Fact]
    public void A_holding_pool_queues_jobs_and_starts_none()
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Slots = 2, Hold = true }));

        var job = node.Accept(A);

        (job.Status.Node, job.Status.Active).Should().Be(("n1", true));
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.Apply(Some.Node());
        node.Core.ClaimNext("p1", node.Now).Should().NotBeNull();
    }

    [Theory]
    [InlineData("'runtime':10", null, 10)]
    [InlineData("'tags':[]", 20.0, 20)]
    [InlineData("'runtime':10", 20.0, 10)]
    [InlineData("'runtime':30", 20.0, 20)]
    [InlineData("'runtime':0", 20.0, 20)]
    [InlineData("'runtime':10", 0.0, 10)]
    public void A_job_over_its_runtime_or_its_pools_is_killed_and_has_failed(string key, double? ofPool, double limit)
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { MaxRuntime = ofPool, Update = 1000 }));
        _ = node.Accept($"{{'id':'a','pool':'p1','args':['x'],{key}}}");
        var run = node.Start();

        node.Pass(limit - 0.01);
        run.Stop.Should().Be(StopReason.None);
        node.Pass(0.02);
        run.Stop.Should().Be(StopReason.Overdue);
        node.TakeEffects().Stops.Should().Equal(run);

        node.End(run, rc: -9);
        (node["a"].Status.State, node["a"].Status.Error, node["a"].Status.FailCount, node["a"].Status.Rc)
            .Should().Be((JobState.Failed, $"exceeded runtime of {limit} s", 1, -9));
    }

    [Fact]
    public void A_runtime_is_counted_from_the_start_and_not_from_the_claim()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'runtime':10}");
        var run = node.Take();
        node.Pass(8);
        node.Core.Started(run, 1, node.Now);

        node.Pass(8);

        run.Stop.Should().Be(StopReason.None);
    }

    [Theory]
    [InlineData(20, 15, false)]
    [InlineData(5, 6, true)]
    [InlineData(0, 1000, false)]
    public void A_runtime_may_be_changed_while_the_job_runs(double runtime, double passed, bool stopped)
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'runtime':10}");
        var run = node.Start();

        _ = node.Accept($"{{'id':'a','runtime':{runtime}}}");
        node.Pass(passed);

        (run.Stop is StopReason.Overdue).Should().Be(stopped);
    }

    [Fact]
    public void The_time_limit_of_a_run_is_forgotten_with_the_run()
    {
        // Otherwise short jobs in a pool with max_runtime would fill the memory.
        var node = new TestNode(Some.Node().WithPool("p1", new() { MaxRuntime = 86_400 }) with { Expire = 60 });
        for (var job = 0; job < 10; job++)
            _ = node.RunToEnd($"{{'id':'{job}','pool':'p1','args':['x']}}");

        node.Core.State.Runs.NextLimit.Should().BeNull();
        node.Core.NextDeadline().Should().Be(node.Clock.Steady + 60);
    }

    [Fact]
    public void Attributes_that_a_plugin_reports_are_set_only_while_the_job_runs()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Start();

        node.Core.Report(run, job => job with { Status = job.Status with { Pid = 12 } }, node.Now);
        node["a"].Status.Pid.Should().Be(12);

        node.End(run);
        node.Core.Report(run, job => job with { Status = job.Status with { Pid = 13 } }, node.Now);
        node["a"].Status.Pid.Should().BeNull();
    }

    [Fact]
    public void The_end_of_a_run_counts_once()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Start();
        node.End(run, rc: 1);

        node.End(run, rc: 1);

        (node["a"].Status.FailCount, node.History.Count).Should().Be((1, 1));
    }

    [Fact]
    public void A_new_start_clears_the_result_of_the_last_run()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'retries':1}");
        var run = node.Start();
        node.Core.Report(run, job => job with { Status = job.Status with { StdoutData = "eA==" } }, node.Now);
        node.End(run, rc: 1);
        node.Pass(2);

        _ = node.Start();

        (node["a"].Status.Rc, node["a"].Status.Error, node["a"].Status.StdoutData, node["a"].Status.EndTs, node["a"].Status.FailCount)
            .Should().Be((null, null, null, null, 1));
    }

    [Fact]
    public void A_very_short_runtime_is_named_with_its_digits()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'runtime':0.0000001}");
        var run = node.Start();
        node.Pass(0.1);

        node.End(run);

        node["a"].Status.Error.Should().Be("exceeded runtime of 0.0000001 s");
    }
}
