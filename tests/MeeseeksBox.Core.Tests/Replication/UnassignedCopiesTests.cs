using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>
/// Jobs without a node in <c>sync</c>, with which legacy clients submit and change jobs
/// (docs/SPECIFICATION.md#submit-by-sync).
/// </summary>
public sealed class UnassignedCopiesTests
{
    private readonly TestNode _node = new();

    // A new job as the cached client of January 2020 sends it. There, only the key gives the id.
    private Job New => Sent with { Status = Sent.Status with { SubmitTs = _node.Clock.Wall - 1 }, Ts = _node.Clock.Wall - 1 };

    private static Job Sent { get; } = Some.Job(
        "{'id':'a','pool':'p1','args':['x'],'node':false,'submit_node':false,'state':'new','tags':[null],"
        + "'start_count':0,'fail_count':0,'seq':7}");

    [Fact]
    public void An_unknown_new_job_is_taken_like_a_submit()
    {
        _node.Merge(New).Should().Equal("a");

        (_node["a"].Status.Node, _node["a"].Status.SubmitNode, _node["a"].Status.Active).Should().Be(("n1", "n1", true));
        _node["a"].Ts.Should().BeGreaterThan(New.Ts, "the client takes only a later copy");
    }

    [Fact]
    public void The_time_of_submit_is_kept_so_that_a_second_copy_is_recognized()
    {
        var job = New;
        _node.Merge(job);
        _node.End(_node.Start());

        _node.Merge(job).Should().BeEmpty();

        (_node["a"].Status.State, _node["a"].Status.StartCount).Should().Be((JobState.Done, 1));
    }

    [Theory]
    [InlineData("done")]
    [InlineData("failed")]
    [InlineData("killed")]
    [InlineData("running")]
    public void An_unknown_job_that_is_not_new_is_ignored(string state)
    {
        _ = JobStates.TryParse(state, out var parsed);

        _node.Merge(New with { Status = New.Status with { State = parsed } }).Should().BeEmpty();

        _node.Core.Count.Should().Be(0);
    }

    [Fact]
    public void A_job_without_a_free_slot_anywhere_is_assigned_to_this_node()
    {
        var head = new TestNode(Some.Head());

        head.Merge(New).Should().Equal("a");

        (head["a"].Status.Node, head["a"].Status.SubmitNode, head["a"].Status.Active).Should().Be(("head", "head", false));
        head.Core.ChangesSince(0).Should().ContainSingle("the client receives it");
        head["a"].Ts.Should().BeGreaterThan(New.Ts);
        head.ReceiveNodes(("n2", Some.OriginalStatus(1)));
        head["a"].Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_job_for_a_pool_of_this_node_that_is_full_waits_here()
    {
        var node = new TestNode(Some.Node(slots: 1));
        _ = node.Accept("{'pool':'p1','args':['x']}");
        var run = node.Start();

        node.Merge(New);

        (node["a"].Status.Node, node["a"].Status.State, node["a"].Status.Active).Should().Be(("n1", JobState.New, true));
        node.End(run);
        node.Start().Job.Id.Should().Be("a");
    }

    [Fact]
    public void A_job_on_hold_is_shown_and_starts_when_the_client_releases_it()
    {
        var head = new TestNode(Some.Head());
        head.ReceiveNodes(("n2", Some.Status(1)));
        head.Merge(New with { Spec = New.Spec with { Hold = true } });
        head["a"].Status.Node.Should().Be("head");

        head.Merge(head["a"] with { Spec = head["a"].Spec with { Hold = false }, Ts = head.Clock.Wall + 1 });

        head["a"].Status.Node.Should().Be("n2");
    }

    [Fact]
    public void A_job_killed_while_it_waits_is_shown_to_the_client()
    {
        var head = new TestNode(Some.Head());
        head.Merge(New);

        head.Kill("a");

        head.Core.ChangesSince(0).Single()
            .Should().Match<Job>(job => job.Status.State == JobState.Killed && !job.Status.Active && job.Status.Node == "head");
    }

    [Fact]
    public void A_client_that_presumes_a_waiting_job_lost_receives_it_again()
    {
        var head = new TestNode(Some.Head());
        var job = New;
        head.Merge(job);

        head.Merge(job with
        {
            Status = job.Status with { State = JobState.Failed, Error = "expired", FailCount = 1 },
            Ts = head.Clock.Wall + 300,
        }).Should().Equal("a");

        (head["a"].Status.State, head["a"].Status.FailCount).Should().Be((JobState.New, 0));
        head["a"].Ts.Should().BeGreaterThan(head.Clock.Wall + 300);
    }

    [Theory]
    [InlineData("{'id':'a','pool':'','args':['x'],'state':'new'}", "pool")]
    [InlineData("{'id':'a','pool':'p1','state':'new'}", "args")]
    [InlineData("{'id':'a','pool':'__config','args':{'name':'x'},'state':'new'}", "node")]
    public void A_job_that_cannot_run_ends_as_failed_with_the_reason(string json, string named)
    {
        _node.Merge(Some.Job(json).With(status => status with { SubmitTs = 5 }) with { Ts = 5 }).Should().Equal("a");

        _node["a"].Status.State.Should().Be(JobState.Failed);
        _node["a"].Status.Error.Should().StartWith(named);
        _node["a"].Status.Node.Should().Be("n1", "a client that asks by seq receives only jobs with a node");
        _node["a"].Ts.Should().BeGreaterThan(5, "a client takes only a later copy");
        _node.History.Should().ContainSingle();
    }

    [Fact]
    public void A_stopping_node_ignores_unassigned_jobs()
    {
        _node.Core.Close();

        _node.Merge(New).Should().BeEmpty();

        _node.Core.Count.Should().Be(0);
    }

    [Fact]
    public void A_later_copy_of_a_known_job_changes_its_spec()
    {
        var job = New;
        _node.Merge(job);

        _node.Merge(job with { Spec = job.Spec with { Tags = ["t"], Hold = true }, Ts = _node.Clock.Wall + 60 }).Should().Equal("a");

        (_node["a"].Spec.Tags.Single(), _node["a"].Spec.Hold, _node["a"].Status.Node).Should().Be(("t", true, "n1"));
        _node["a"].Ts.Should().BeGreaterThan(_node.Clock.Wall + 60);
    }

    [Fact]
    public void An_earlier_copy_changes_nothing()
    {
        var job = New;
        _node.Merge(job);

        _node.Merge(job with { Spec = job.Spec with { Tags = ["t"] }, Ts = job.Ts - 1 }).Should().BeEmpty();

        _node["a"].Spec.Tags.Should().BeEmpty();
    }

    [Fact]
    public void A_copy_in_another_pool_changes_nothing()
    {
        var config = _node.Accept("{'id':'a','pool':'__config','node':'n1','args':{'name':'x'}}");

        _node.Merge(New with
        {
            Spec = New.Spec with { Args = ["y"] },
            Status = New.Status with { SubmitTs = config.Status.SubmitTs },
            Ts = _node.Clock.Wall + 60,
        }).Should().BeEmpty();
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void A_kill_is_accepted_whatever_the_clock_of_the_client(double ahead)
    {
        var job = New;
        _node.Merge(job);
        _ = _node.Start();

        _node.Merge(job with { Status = job.Status with { State = JobState.Killed }, Ts = _node.Clock.Wall + ahead }).Should().Equal("a");

        (_node["a"].Status.State, _node["a"].Status.Active).Should().Be((JobState.Killed, true));
        _node.TakeEffects().Stops.Should().ContainSingle();
    }

    [Fact]
    public void A_kill_from_before_a_restart_is_ignored()
    {
        var job = New;
        _node.Merge(job);
        _node.Kill("a");
        _node.Accept("{'id':'a','state':'new'}");

        _node.Merge(job with { Status = job.Status with { State = JobState.Killed }, Ts = _node.Clock.Wall + 60 });

        _node["a"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_client_with_a_fast_clock_that_resends_a_waiting_job_receives_its_status()
    {
        var job = New;
        _node.Merge(job);
        _node.End(_node.Start());

        _node.Merge(job with { Ts = _node.Clock.Wall + 60 }).Should().Equal("a");

        (_node["a"].Status.State, _node["a"].Status.StartCount).Should().Be((JobState.Done, 1));
        _node["a"].Ts.Should().BeGreaterThan(_node.Clock.Wall + 60);
    }

    [Fact]
    public void A_client_that_resends_an_expired_job_receives_its_end_and_the_job_does_not_run_again()
    {
        var job = New;
        _node.Merge(job);
        _node.End(_node.Start());
        _node.Pass(61);
        _node.Core.Count.Should().Be(0);

        _node.Merge(job with { Ts = _node.Clock.Wall });

        (_node["a"].Status.State, _node["a"].Status.StartCount).Should().Be((JobState.Done, 1));
        _node.History.Should().ContainSingle();
    }

    [Fact]
    public void A_job_that_the_client_restarts_runs_again()
    {
        _node.Merge(New);
        _node.End(_node.Start(), rc: 3);
        var seen = _node["a"];

        _node.Merge(seen with
        {
            Status = seen.Status with { State = JobState.New, Node = null, Active = false },
            Ts = _node.Clock.Wall + 1,
        }).Should().Equal("a");

        (_node["a"].Status.State, _node["a"].Status.Node, _node["a"].Status.Rc, _node["a"].Status.FailCount)
            .Should().Be((JobState.New, "n1", null, 0));
    }

    [Fact]
    public void A_submit_under_the_id_of_an_ended_job_makes_another_job()
    {
        _node.Merge(New);
        _node.End(_node.Start());
        _node.Pass(10);

        _node.Merge(New with { Spec = New.Spec with { Args = ["y"] } }).Should().Equal("a");

        (_node["a"].Status.State, _node["a"].Spec.Args.Single(), _node["a"].Status.StartCount).Should().Be((JobState.New, "y", 0));
        _node.End(_node.Start());
        _node.History.Should().HaveCount(2);
    }

    [Fact]
    public void A_copy_from_before_that_submit_is_ignored()
    {
        var first = New;
        _node.Merge(first);
        _node.End(_node.Start());
        _node.Pass(10);
        _node.Merge(New with { Spec = New.Spec with { Args = ["y"] } });

        _node.Merge(first with { Status = first.Status with { State = JobState.Killed }, Ts = first.Ts + 1 }).Should().BeEmpty();

        _node["a"].Status.State.Should().Be(JobState.New);
    }
}
