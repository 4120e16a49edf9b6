using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>The node that runs a job decides its status (docs/SPECIFICATION.md#owner).</summary>
public sealed class OwnerAuthorityTests
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
    public void The_node_that_runs_a_job_accepts_a_kill()
    {
        var (node, run) = Running();

        node.Merge(Copy("'node':'n1','state':'killed','active':true") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.Active, run.Stop).Should().Be((JobState.Killed, true, StopReason.Killed));
    }

    [Fact]
    public void The_node_that_runs_a_job_accepts_a_kill_whatever_the_clocks()
    {
        // The node has refreshed the job since, or its clock is ahead.
        var (node, run) = Running();

        node.Merge(Copy("'node':'n1','state':'killed','active':true,'ts':6"));

        (node["a"].Status.State, run.Stop).Should().Be((JobState.Killed, StopReason.Killed));
        node["a"].Ts.Should().BeGreaterThan(1000);
    }

    [Fact]
    public void A_kill_reaches_a_job_that_waits_in_a_pool_whatever_the_clocks()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));

        node.Merge(Copy("'node':'n1','state':'killed','active':true,'ts':6"));

        (node["a"].Status.State, node["a"].HasEnded).Should().Be((JobState.Killed, true));
    }

    [Fact]
    public void A_kill_that_arrives_before_its_job_is_kept()
    {
        var node = new TestNode();

        node.Merge(Copy("'node':'n1','state':'killed','active':true,'ts':6"));

        (node["a"].Status.State, node["a"].HasEnded).Should().Be((JobState.Killed, true));
        node.History.Should().ContainSingle();
    }

    [Fact]
    public void The_node_that_runs_a_job_accepts_changes_of_its_spec_and_publishes_its_status()
    {
        var (node, run) = Running();
        var theirs = Copy("'node':'n1','tags':['t'],'runtime':3,'args':['y']") with { Ts = node.Clock.Wall + 5 };

        node.Merge(theirs).Should().Equal("a");

        (node["a"].Status.State, node["a"].Spec.Tags.Single(), node["a"].Spec.Args.Single(), node["a"].Status.StartCount)
            .Should().Be((JobState.Running, "t", "y", 1));
        node["a"].Ts.Should().BeGreaterThan(theirs.Ts);
        node.Pass(3);
        run.Stop.Should().Be(StopReason.Overdue);
    }

    [Fact]
    public void Arguments_that_differ_only_in_their_boundaries_are_a_change()
    {
        var (node, _) = Running("'node':'n1','ts':5,'args':['a b']");

        node.Merge(Copy("'node':'n1','args':['a','b']") with { Ts = node.Clock.Wall + 5 });

        node["a"].Spec.Args.Should().Equal("a", "b");
    }

    [Theory]
    [InlineData("'state':'new'")]
    [InlineData("'state':'new','start_count':1")]
    [InlineData("'state':'done','start_count':1")]
    [InlineData("'state':'failed','error':'expired','start_count':1,'fail_count':1")]
    [InlineData("'state':'running','start_count':9")]
    public void The_node_that_runs_a_job_decides_its_state(string theirs)
    {
        var (node, run) = Running();

        node.Merge(Copy($"'node':'n1',{theirs}") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.StartCount, node["a"].Status.FailCount, run.Stop)
            .Should().Be((JobState.Running, 1, 0, StopReason.None));
        node["a"].Ts.Should().BeGreaterThan(node.Clock.Wall + 5);
    }

    [Theory]
    [InlineData("'state':'done','start_count':1", false)]
    [InlineData("'state':'new','start_count':1", false)]
    [InlineData("'state':'running','start_count':9", false)]
    [InlineData("'state':'new'", true)]
    [InlineData("'state':'failed','error':'expired','start_count':1,'fail_count':1", true)]
    public void A_peer_that_rejects_the_copy_of_the_owner_is_answered_once_per_change(string theirs, bool isAnsweredAgain)
    {
        var (node, run) = Running();
        bool IsAnswered(double ahead) =>
            node.Merge(Copy($"'node':'n1',{theirs}") with { Ts = node.Clock.Wall + ahead }).Any()
            && node["a"].Ts > node.Clock.Wall + ahead;

        IsAnswered(5).Should().BeTrue();
        IsAnswered(6).Should().Be(isAnsweredAgain);

        node.Core.Report(run, job => job with { Status = job.Status with { Pid = 7 } }, node.Now);
        node["a"].Ts.Should().BeGreaterThan(node.Clock.Wall + 6, "its own changes win over all copies that it has seen");
        IsAnswered(7).Should().BeTrue();
    }

    [Fact]
    public void Spec_changes_in_a_copy_whose_status_is_rejected_are_accepted_each_time()
    {
        var (node, _) = Running();
        foreach (var tag in (string[])["t", "u", "v"])
        {
            var copy = Copy("'node':'n1','state':'done','start_count':1");
            node.Merge(copy with { Ts = node["a"].Ts + 5, Spec = copy.Spec with { Tags = [tag] } }).Should().Equal("a");

            node["a"].Spec.Tags.Should().Equal(tag);
        }
    }

    [Theory]
    [InlineData(JobState.Done, 1, 4)]
    [InlineData(JobState.Failed, 1, 4)]
    [InlineData(JobState.New, 1, 4)]
    [InlineData(JobState.Running, 2, null)] // The second run is lost too: the job has crashed on all nodes.
    public void A_node_that_lost_the_end_of_a_run_and_the_heads_that_know_it_stop_answering_each_other(JobState known, int starts, int? rc)
    {
        // Found by the simulator (seed 769): each node restamped its copy after that of the other, without end.
        var (node, run) = Running();
        var isActive = known is JobState.New or JobState.Running;
        var heads = HeadsWith(node["a"] with
        {
            Status = node["a"].Status with
            {
                State = known,
                StartCount = starts,
                Active = isActive,
                Rc = 3,
                EndTs = 9,
            },
        }, node.Clock.Wall);

        ExchangeUntilStable(node, heads);

        (node["a"].Status.State, heads[0]["a"].Status.State, heads[1]["a"].Status.State).Should().Be((JobState.Running, known, known));

        node.End(run, rc: 4);
        ExchangeUntilStable(node, heads);

        (node["a"].Status.Rc, heads[0]["a"].Status.Rc, heads[1]["a"].Status.Rc).Should().Be((rc, rc, rc));
        AllHaveEnded(node, heads, node["a"].Status.State);
    }

    [Fact]
    public void They_stop_answering_each_other_while_that_run_is_killed()
    {
        var (node, run) = Running();
        var heads = HeadsWith(node["a"] with
        {
            Status = node["a"].Status with
            {
                State = JobState.Done,
                StartCount = 2,
                Active = false,
                Rc = 3,
                EndTs = 9,
            },
        }, node.Clock.Wall);
        _ = node.Kill("a");

        ExchangeUntilStable(node, heads);

        node.End(run, rc: -9);
        ExchangeUntilStable(node, heads);
        AllHaveEnded(node, heads, node["a"].Status.State);
    }

    [Fact]
    public void They_stop_answering_each_other_before_that_run_has_started()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));
        var run = node.Take();
        var heads = HeadsWith(node["a"] with
        {
            Status = node["a"].Status with
            {
                State = JobState.Done,
                StartCount = 1,
                Active = false,
                Rc = 3,
                EndTs = 9,
            },
        }, node.Clock.Wall);

        ExchangeUntilStable(node, heads);

        (node["a"].Status.State, run.Stop).Should().Be((JobState.New, StopReason.None));
    }

    [Fact]
    public void They_stop_answering_each_other_when_the_pool_of_the_ended_job_was_changed()
    {
        var (node, _) = Running();
        var heads = HeadsWith(node["a"] with
        {
            Status = node["a"].Status with
            {
                State = JobState.Done,
                Active = false,
                Rc = 3,
                EndTs = 9,
            },
            Spec = node["a"].Spec with { Pool = "p2" },
        }, node.Clock.Wall);

        ExchangeUntilStable(node, heads);

        (node["a"].Spec.Pool, heads[0]["a"].Spec.Pool).Should().Be(("p1", "p2"));
    }

    [Theory]
    [InlineData(JobState.New, 1)]
    [InlineData(JobState.Running, 2)]
    public void A_kill_by_divergent_heads_is_kept(JobState known, int starts)
    {
        var (node, run) = Running();
        var heads = HeadsWith(node["a"] with
        {
            Status = node["a"].Status with
            {
                State = known,
                StartCount = starts,
                Active = true,
                Rc = 3,
                EndTs = 9,
            },
        }, node.Clock.Wall);
        ExchangeUntilStable(node, heads);

        _ = heads[0].Kill("a");
        ExchangeUntilStable(node, heads);

        run.Stop.Should().Be(StopReason.Killed);
        node.End(run, rc: -9);
        ExchangeUntilStable(node, heads);
        AllHaveEnded(node, heads, JobState.Killed);
    }

    [Fact]
    public void A_spec_change_is_not_undone_by_a_later_divergent_copy_without_spec_changes()
    {
        var (node, _) = Running();
        var heads = HeadsWith(node["a"] with
        {
            Status = node["a"].Status with
            {
                State = JobState.Done,
                Active = false,
                Rc = 3,
                EndTs = 9,
            },
        }, node.Clock.Wall);
        ExchangeUntilStable(node, heads);
        _ = heads[1].Merge(heads[1]["a"] with { Ts = node.Clock.Wall + 90 });
        node.Merge(heads[1]["a"]).Should().BeEmpty();
        node.Merge(heads[1]["a"] with { Ts = node.Clock.Wall + 50 }).Should().BeEmpty();

        _ = heads[0].Submit("{'id':'a','tags':['t']}");
        ExchangeUntilStable(node, heads);

        node["a"].Spec.Tags.Should().Equal("t");
        heads.Should().OnlyContain(head => head["a"].Spec.Tags.Single() == "t");
    }

    [Fact]
    public void A_node_with_more_progress_answers_a_later_copy_with_a_still_later_one()
    {
        // A legacy peer without the end of the job accepts only a copy with a later stamp than its own.
        var head = new TestNode(Some.Head("h1"));
        head.Merge(Copy("'node':'n1','state':'done','start_count':1,'ts':7"));

        head.Merge(Copy("'node':'n1','state':'running','active':true,'start_count':1,'ts':8"));

        head["a"].Status.State.Should().Be(JobState.Done);
        head["a"].Ts.Should().BeGreaterThan(8);
    }

    // Two heads above the node, with different clocks.
    private static TestNode[] HeadsWith(Job copy, double now)
    {
        TestNode[] heads = [new(Some.Head("h1")), new(Some.Head("h2"))];
        heads[0].Merge(copy with { Ts = now + 5 });
        heads[1].Merge(copy with { Ts = now - 5 });
        return heads;
    }

    private static void AllHaveEnded(TestNode node, TestNode[] heads, JobState state) =>
        new[] { node["a"], heads[0]["a"], heads[1]["a"] }.Should().OnlyContain(job => job.HasEnded && job.Status.State == state);

    // The heads and the node exchange their copies until none is accepted, which must take less than five rounds.
    private static void ExchangeUntilStable(TestNode node, TestNode[] heads)
    {
        IEnumerable<string> Trip() =>
            [.. heads.SelectMany(head => node.Merge(head["a"])), .. heads.SelectMany(head => head.Merge(node["a"]))];
        Enumerable.Range(0, 5).TakeWhile(_ => Trip().Any()).Count().Should().BeLessThan(5, "they answer each other forever");
    }

    [Theory]
    [InlineData("'state':'new'")]
    [InlineData("'state':'running','start_count':1,'start_ts':5")]
    [InlineData("'state':'failed','error':'expired','start_count':1,'fail_count':1")]
    [InlineData("'state':'killed','active':true,'start_count':1")]
    [InlineData("'state':'killed','start_count':1")]
    public void A_local_result_is_not_undone_by_a_copy_from_before_it(string theirs)
    {
        var (node, run) = Running();
        node.End(run);

        node.Merge(Copy($"'node':'n1','tags':['t'],{theirs}") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.Rc, node["a"].Status.Active).Should().Be((JobState.Done, 0, false));
        node["a"].Ts.Should().BeGreaterThan(node.Clock.Wall + 5);
        node["a"].Spec.Tags.Should().Equal("t");
        node.History.Should().ContainSingle();
    }

    [Theory]
    [InlineData("'state':'running','start_count':1")]
    [InlineData("'state':'new'")]
    public void A_job_that_waits_here_for_its_next_run_is_not_taken_for_crashed(string theirs)
    {
        var (node, run) = Running("'node':'n1','ts':5,'retries':3");
        node.End(run, rc: 1);

        node.Merge(Copy($"'node':'n1','retries':3,{theirs}") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.FailCount, node["a"].Status.StartCount, node["a"].Status.Error)
            .Should().Be((JobState.New, 1, 1, null));
    }

    [Fact]
    public void A_run_that_a_restart_of_this_node_has_lost_has_crashed()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));

        node.Merge(Copy("'node':'n1','state':'running','active':true,'start_count':1") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.Error, node["a"].Status.FailCount).Should().Be((JobState.Failed, "crashed", 1));
    }

    [Theory]
    [InlineData("'state':'failed','fail_count':1", JobState.Failed, "crashed")]
    [InlineData("'state':'failed','fail_count':1,'active':true", JobState.Failed, "crashed")]
    [InlineData("'state':'killed'", JobState.Killed, null)]
    public void A_job_presumed_lost_by_others_and_unknown_to_its_node_is_confirmed_as_lost(string theirs, JobState state, string? error)
    {
        // Found by NodeCoreProperties (seed fk004V7wMAS2): the merged copy did not outrank the copy that it came from.
        var node = new TestNode();
        var theirCopy = Copy($"'node':'n1','start_count':1,'error':'expired',{theirs},'ts':5");

        node.Merge(theirCopy);

        (node["a"].Status.State, node["a"].Status.Active, node["a"].Status.Error).Should().Be((state, false, error));
        node.History.Should().ContainSingle();
        node.Merge(theirCopy).Should().BeEmpty();
    }

    [Fact]
    public void A_presumed_loss_of_a_local_job_gives_way_to_any_other_copy()
    {
        // Found by NodeCoreProperties (seed 9IJyVzRF5iu1): the first merge accepted only the spec of the copy, the second all of it.
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));
        _ = node.Core.Modify(node["a"] with
        {
            Status = node["a"].Status with { State = JobState.Failed, Active = false, Error = "expired" },
        }, node.Now);
        var theirs = Copy("'node':'n1'") with { Ts = node.Clock.Wall + 5 };

        node.Merge(theirs);

        (node["a"].Status.State, node["a"].Status.Active).Should().Be((JobState.New, true));
        node.Merge(theirs).Should().BeEmpty();
    }

    [Fact]
    public void A_legacy_peer_may_restart_an_ended_job_of_this_node()
    {
        var (node, run) = Running();
        node.End(run, rc: 3);

        node.Merge(Copy("'node':'n1','start_count':1,'state':'new'") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.Active).Should().Be((JobState.New, true));
    }

    [Fact]
    public void A_legacy_peer_restarts_a_job_with_the_result_of_its_last_run()
    {
        var (node, run) = Running();
        node.End(run, rc: 3);

        node.Merge(node["a"] with { Status = node["a"].Status with { State = JobState.New }, Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.Active, node["a"].Status.StartCount).Should().Be((JobState.New, true, 1));
    }

    [Fact]
    public void A_job_killed_before_its_first_run_stays_killed_when_an_older_copy_is_changed()
    {
        var node = new TestNode();
        node.Merge(Copy("'node':'n1','ts':5"));
        _ = node.Kill("a");

        node.Merge(Copy("'node':'n1','tags':['t']") with { Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Spec.Tags.Single()).Should().Be((JobState.Killed, "t"));
    }

    [Fact]
    public void A_peer_may_change_an_ended_job()
    {
        var (node, run) = Running();
        node.End(run, rc: 3);

        node.Merge(node["a"] with { Spec = node["a"].Spec with { Tags = ["t"] }, Ts = node.Clock.Wall + 5 });

        (node["a"].Status.State, node["a"].Status.Rc, node["a"].Spec.Tags.Single()).Should().Be((JobState.Failed, 3, "t"));
    }

    [Fact]
    public void A_peer_may_change_a_killed_job()
    {
        var node = new TestNode();
        _ = node.Accept($"{{'node':'n1',{A.Replace(",'submit_node':'n1'", "")}}}");
        var killed = node.Kill("a")!;

        node.Merge(killed with { Spec = killed.Spec with { Tags = ["t"] }, Ts = killed.Ts + 5 });

        node["a"].Spec.Tags.Should().Equal("t");
    }

    [Fact]
    public void A_job_killed_between_two_runs_is_not_started_by_a_copy_from_between_them()
    {
        // Found by ClusterProperties (seed e9gwBx5fY8c1): the end of the run and the kill were at the same time.
        var (node, run) = Running("'node':'n1','ts':5,'retries':3");
        node.End(run, rc: 1);
        var waiting = node["a"];
        node.Core.Kill("a", node.Now);

        node.Merge(waiting with { Ts = node.Clock.Wall + 5 });

        node["a"].Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_stale_run_is_killed_when_its_job_continues_elsewhere()
    {
        var (node, run) = Running();

        node.Merge(Copy("'node':'n2','epoch':1,'ts':1"));

        (run.Stop, node["a"].Status.Node, node["a"].Status.State).Should().Be((StopReason.Superseded, "n2", JobState.New));
        node.TakeEffects().Stops.Should().Equal(run);

        node.End(run, rc: -9);
        (node["a"].Status.State, node["a"].Status.Rc).Should().Be((JobState.New, null));
        node.History.Should().BeEmpty();
        node.Core.Runs.Should().BeEmpty();
    }

    [Fact]
    public void A_job_of_a_new_epoch_on_the_same_node_starts_when_its_stale_run_has_ended()
    {
        var (node, run) = Running();

        node.Merge(Copy("'node':'n1','epoch':1,'ts':1"));

        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        node.End(run, rc: -9);
        node.Start();
        node["a"].Status.State.Should().Be(JobState.Running);
    }
}
