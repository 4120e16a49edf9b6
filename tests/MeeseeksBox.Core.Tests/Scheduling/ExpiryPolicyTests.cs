using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Active jobs without updates (docs/SPECIFICATION.md#lost-jobs).</summary>
public sealed class ExpiryPolicyTests
{
    private const string AtWork =
        "'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1','state':'running','active':true,'start_count':1,'ts':5";

    private static TestNode Head(NodeSettings? settings = null) => new(settings ?? Some.Head() with { Expire = 60, Timeout = 600 });

    [Theory]
    [InlineData("'state':'running','active':true")]
    [InlineData("'state':'running','active':false")]
    [InlineData("'state':'new','active':true")]
    public void A_claimed_or_running_job_without_updates_for_expire_has_failed(string state)
    {
        var head = Head();
        head.Merge(Some.Job($"{{'id':'a','pool':'p1','args':['x'],'node':'n1','ts':5,{state}}}"));

        head.Pass(59.9);
        head["a"].Status.State.Should().NotBe(JobState.Failed);
        head.Pass(0.2);

        (head["a"].Status.State, head["a"].Status.Error, head["a"].Status.Active, head["a"].Status.FailCount)
            .Should().Be((JobState.Failed, "expired", false, 1));
    }

    [Fact]
    public void An_update_of_a_job_defers_its_expiry_whatever_its_stamp()
    {
        var head = Head();
        head.Merge(Some.Job($"{{{AtWork}}}"));

        for (var ts = 6; ts < 20; ts++)
        {
            head.Pass(50);
            head.Merge(Some.Job($"{{{AtWork}}}") with { Ts = ts });
        }

        head["a"].Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void Active_jobs_do_not_expire_when_expire_active_jobs_is_false()
    {
        var head = Head(Some.Head() with { ExpireActiveJobs = false });
        head.Merge(Some.Job($"{{{AtWork}}}"));

        head.Pass(100_000);

        head["a"].Status.State.Should().Be(JobState.Running);
    }

    [Theory]
    [InlineData("'node':'n1'")]
    [InlineData("'tags':[]")]
    public void New_jobs_do_not_expire(string key)
    {
        var head = Head();
        _ = head.Accept($"{{'id':'a','pool':'p1','args':['x'],{key}}}");

        head.Pass(100_000);

        head["a"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_killed_job_whose_node_does_not_answer_is_killed_and_not_run_again()
    {
        var head = Head();
        head.Merge(Some.Job($"{{{AtWork},'retries':5}}"));
        _ = head.Kill("a");

        head.Pass(61);

        (head["a"].Status.State, head["a"].Status.Active, head["a"].Status.FailCount).Should().Be((JobState.Killed, false, 0));
        head.History.Should().ContainSingle().Which.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_job_pinned_to_its_node_waits_for_it_when_it_is_retried_after_an_expiry()
    {
        var head = Head();
        head.ReceiveNodes(("n2", Some.Status(0)));
        head.Merge(Some.Job($"{{{AtWork},'retries':1}}"));

        head.Pass(61);

        (head["a"].Status.State, head["a"].Status.Node, head["a"].Status.Active, head["a"].Status.FailCount, head["a"].Status.Epoch)
            .Should().Be((JobState.New, "n1", false, 1, 1));
    }

    [Fact]
    public void A_job_retried_after_an_expiry_goes_to_the_first_online_node_of_its_list()
    {
        var head = Head();
        head.ReceiveNodes(("n3", Some.Status(0)), ("n4", Some.Status(0)));
        head.Merge(Some.Job($"{{{AtWork},'retries':9,'nodes':['n1','n2','n3','n4']}}"));

        head.Pass(61);

        (head["a"].Status.State, head["a"].Status.Node).Should().Be((JobState.New, "n3"));
    }

    [Fact]
    public void A_job_with_a_node_list_moves_on_more_than_once()
    {
        var head = Head();
        head.ReceiveNodes(("n3", Some.Status(0)));
        head.Merge(Some.Job($"{{{AtWork},'retries':9,'nodes':['n1','n3']}}").With(status => status with { Node = "n2" }));

        head.Pass(61);

        (head["a"].Status.State, head["a"].Status.Node).Should().Be((JobState.New, "n3"));
    }

    [Fact]
    public void Any_other_job_is_placed_again_when_it_is_retried_after_an_expiry()
    {
        var head = Head();
        head.ReceiveNodes(("n1", Some.Status(0)));
        _ = head.Accept("{'id':'a','pool':'p1','args':['x'],'retries':1}");
        head.Merge(head["a"] with
        {
            Status = head["a"].Status with { State = JobState.Running, Active = true, StartCount = 1 },
            Ts = head.Clock.Wall + 1,
        });
        head.Pass(30);
        head.ReceiveNodes(("n1", Some.Status(0, -1)), ("n2", Some.Status(0)));

        head.Pass(31);

        (head["a"].Status.State, head["a"].Status.Node).Should().Be((JobState.New, "n2"));
    }

    [Theory]
    [InlineData(true, "'state':'done','active':false,'rc':0,'end_ts':9", JobState.Done)]
    [InlineData(false, "'state':'done','active':false,'rc':0,'end_ts':9", JobState.Done)]
    [InlineData(true, "'state':'failed','active':false,'rc':1,'fail_count':9,'end_ts':9", JobState.New)]
    [InlineData(true, "'state':'done','active':false,'rc':0,'end_ts':9,'resubmit':true", JobState.New)]
    public void A_job_that_was_done_at_its_node_meanwhile_does_not_run_again(bool isNodeFirst, string end, JobState state)
    {
        var head = Head();
        var again = end.Contains("resubmit", StringComparison.Ordinal) ? "'retries':1,'resubmit':true" : "'retries':1";
        head.Merge(Some.Job($"{{{AtWork},{again}}}"));
        head.Pass(61);
        var node = new TestNode();
        node.Load(Some.Job($"{{{AtWork},'retries':1,{end}}}".Replace("'state':'running','active':true,", "", StringComparison.Ordinal)));

        for (var i = 0; i < 3; i++)
        {
            var nodes = isNodeFirst ? (node, head) : (head, node);
            nodes.Item1.Merge(nodes.Item2["a"]);
            nodes.Item2.Merge(nodes.Item1["a"]);
        }

        (node["a"].Status.State, head["a"].Status.State).Should().Be((state, state));
        (node["a"].Status.Epoch, head["a"].Status.Epoch).Should().Be((1, 1));
        head.History.Should().HaveCount(state is JobState.Done ? 2 : 1, "the presumption is one end, and the success another one");
    }

    [Fact]
    public void A_job_that_runs_again_elsewhere_goes_on_when_its_former_node_was_done_with_it()
    {
        var head = Head();
        head.Merge(Some.Job($"{{{AtWork},'retries':1}}"));
        head.Pass(61);
        var again = head["a"];
        var rerun = again.Status with { State = JobState.Running, Active = true, StartCount = 2 };
        head.Merge(again with { Status = rerun, Ts = again.Ts + 1 });

        var done = $"{{{AtWork},'retries':1}}".Replace("'running','active':true", "'done','end_ts':9", StringComparison.Ordinal);
        head.Merge(Some.Job(done));

        head["a"].Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void A_run_that_is_about_to_start_goes_on_when_its_former_node_was_done_with_it()
    {
        var node = new TestNode();
        node.Merge(Some.Job($"{{{AtWork},'retries':1}}").With(status => status with { State = JobState.New, StartCount = 1, Epoch = 1 }));
        var run = node.Take();

        node.Merge(Some.Job($"{{{AtWork},'retries':1}}").With(status => status with { State = JobState.Done, Active = false, EndTs = 9 }));
        node.Core.Started(run, 4711, node.Now);
        node.End(run);

        (node["a"].Status.State, node["a"].Status.Epoch, node.History.Count).Should().Be((JobState.Done, 1, 1));
    }

    [Fact]
    public void A_job_that_another_node_has_routed_is_left_to_that_node_to_retry()
    {
        var master = new TestNode(Some.Head("master"));
        master.Merge(Some.Job($"{{{AtWork},'retries':9}}").With(status => status with { SubmitNode = "head" }));

        master.Pass(61);

        (master["a"].Status.State, master["a"].Status.Error, master["a"].Status.Epoch).Should().Be((JobState.Failed, "expired", 0));
    }
}
