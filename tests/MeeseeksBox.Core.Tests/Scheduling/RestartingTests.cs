using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Ended jobs that are set to new (docs/SPECIFICATION.md#manual-restart).</summary>
public sealed class RestartingTests
{
    private const string A = "{'id':'a','pool':'p1','args':['x']}";

    [Theory]
    [InlineData("done")]
    [InlineData("failed")]
    [InlineData("killed")]
    public void An_ended_job_set_to_new_starts_over(string state)
    {
        var node = new TestNode();
        node.Load(Some.Job($"{{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1','state':'{state}','rc':3,'error':'e',"
            + "'stdout_data':'eA==','stderr_data':'eA==','stdout_truncated':true,'start_ts':5,'end_ts':6,'start_count':4,'fail_count':2}"));

        var job = node.Accept("{'id':'a','state':'new'}");

        job.Should().BeEquivalentTo(new
        {
            Status = new
            {
                State = JobState.New,
                Active = true,
                Rc = default(int?),
                Error = default(string),
                StdoutData = default(string),
                StderrData = default(string),
                StdoutTruncated = false,
                StartTs = default(double?),
                EndTs = default(double?),
                FailCount = 0,
                StartCount = 4,
            },
        });
        node.Take().Job.Id.Should().Be("a");
    }

    [Theory]
    [InlineData("running")]
    [InlineData("done")]
    [InlineData("failed")]
    [InlineData("killed")]
    public void The_only_state_that_an_ended_job_can_be_set_to_is_new(string state)
    {
        var node = new TestNode();
        _ = node.RunToEnd(A, rc: 3);

        var answer = node.Submit($"{{'id':'a','state':'{state}'}}");

        answer.Error.Should().BeNull();
        answer.Warnings.Should().HaveCount(state is "failed" ? 0 : 1);
        node["a"].Status.State.Should().Be(JobState.Failed);
    }

    [Fact]
    public void A_restarted_job_goes_back_to_its_submit_node()
    {
        var head = TestNode.Head(("n1", 1), ("n2", 1));
        _ = head.Accept(A);
        var first = head["a"].Status.Node;
        head.Merge(head["a"] with
        {
            Status = head["a"].Status with { State = JobState.Done, Active = false, StartCount = 1 },
            Ts = head.Clock.Wall + 1,
        });
        head.ReceiveNodes((first!, Some.Status(0, -1)));

        var job = head.Accept("{'id':'a','state':'new'}");

        job.Status.SubmitNode.Should().Be("head");
        job.Status.Node.Should().NotBe(first).And.NotBe("head");
    }

    [Fact]
    public void A_restarted_job_that_was_pinned_stays_on_its_node()
    {
        var head = TestNode.Head(("n1", 1), ("n2", 9));
        _ = head.Accept("{'id':'a','node':'n1','pool':'p1','args':['x']}");
        head.Merge(head["a"] with
        {
            Status = head["a"].Status with { State = JobState.Done, StartCount = 1 },
            Ts = head.Clock.Wall + 1,
        });

        var job = head.Accept("{'id':'a','state':'new'}");

        (job.Status.Node, job.Status.SubmitNode).Should().Be(("n1", "n1"));
    }

    [Fact]
    public void A_node_given_with_a_restart_becomes_its_node_and_submit_node()
    {
        var node = new TestNode();
        _ = node.RunToEnd(A);

        var job = node.Accept("{'id':'a','state':'new','node':'n7'}");

        (job.Status.Node, job.Status.SubmitNode, job.Status.Active).Should().Be(("n7", "n7", false));
    }

    [Fact]
    public void A_node_given_with_a_restart_takes_the_place_of_a_list_given_before()
    {
        var head = TestNode.Head();
        _ = head.Submit("{'id':'a','node':['x','y'],'pool':'p1','args':['x']}");
        _ = head.Kill("a.x");

        var job = head.Accept("{'id':'a.x','state':'new','node':'z'}");

        (job.Status.Node, job.Status.Nodes).Should().Be(("z", null));
    }

    [Fact]
    public void An_ended_job_may_change_its_pool()
    {
        var node = new TestNode(Some.Node().WithPool("p2", new() { Slots = 1 }));
        _ = node.RunToEnd(A);

        _ = node.Accept("{'id':'a','state':'new','pool':'p2'}");

        node.Take("p2").Job.Spec.Pool.Should().Be("p2");
    }

    [Fact]
    public void A_node_without_a_restart_is_refused_for_an_ended_job()
    {
        var node = new TestNode();
        _ = node.RunToEnd(A);

        var answer = node.Submit("{'id':'a','node':'n7','tag':'t'}");

        answer.Warnings.Should().ContainSingle().Which.Should().StartWith("node");
        (node["a"].Status.Node, node["a"].Spec.Tags.Single()).Should().Be(("n1", "t"));
    }

    [Fact]
    public void A_job_that_is_being_killed_cannot_be_restarted_yet()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        _ = node.Start();
        _ = node.Kill("a");

        var answer = node.Submit("{'id':'a','state':'new'}");

        answer.Warnings.Should().ContainSingle().Which.Should().Contain("active=false");
        node["a"].Status.State.Should().Be(JobState.Killed);
    }
}
