using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Suspended jobs (docs/SPECIFICATION.md#suspension).</summary>
public sealed class SuspensionRulesTests
{
    private const string A = "{'id':'a','pool':'p1','args':['x'],'retries':5}";

    [Fact]
    public void A_running_job_is_suspended_and_resumed_with_its_run()
    {
        var node = new TestNode();
        var run = Start(node);

        Set(node, true).Spec.Suspended.Should().BeTrue();
        (run.IsSuspended, node.Core.Effects.SuspendedRuns.Count).Should().Be((true, 1));

        var resumed = Set(node, false);
        (resumed.Spec.Suspended, run.IsSuspended).Should().Be((false, false));
        node.Core.Effects.SuspendedRuns.Should().HaveCount(2);
    }

    // Others may have continued the processes meanwhile.
    [Fact]
    public void A_second_suspension_acts_and_changes_nothing_but_its_time()
    {
        var node = new TestNode();
        var run = Start(node);
        var first = Set(node, true);
        node.Pass(1);

        var second = Set(node, true);

        second.Spec.ChangedAt!["suspended"].Should().BeGreaterThan(first.Spec.ChangedAt!["suspended"]);
        (second with { Seq = first.Seq, Ts = first.Ts, Spec = second.Spec with { ChangedAt = first.Spec.ChangedAt } }).Should().Be(first);

        node.Core.Effects.SuspendedRuns.Should().Equal(run, run);
    }

    [Fact]
    public void A_second_suspension_at_a_head_reaches_the_run()
    {
        var node = new TestNode();
        var run = Start(node);
        var head = Head(NodeStatus.SuspendCapability);
        _ = head.Merge(node["a"]);

        foreach (var isSuspended in (bool[])[true, true, false, false])
        {
            head.Pass(1);
            _ = node.Merge(Set(head, isSuspended));
        }

        // Its processes may have been stopped by somebody else since the first resume.
        node.Core.Effects.SuspendedRuns.Should().Equal(run, run, run);
    }

    [Fact]
    public void A_request_for_a_job_of_a_node_that_is_away_holds_when_the_node_comes_back()
    {
        var node = new TestNode();
        var run = Start(node);
        var head = Head(NodeStatus.SuspendCapability);
        _ = head.Merge(node["a"] with { Spec = node["a"].Spec with { Retries = null } });
        _ = Set(head, true);
        head.Pass(1.5 * Some.Head().Expire);
        head["a"].Phase.Should().Be(JobPhase.PresumedLost);

        _ = head.Merge(Later(node["a"], 0.1));
        _ = node.Merge(head["a"]);

        (head["a"].Status.State, head["a"].Spec.Suspended, run.IsSuspended).Should().Be((JobState.Running, true, true));
    }

    [Fact]
    public void Only_a_running_job_with_a_process_is_suspended()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        Problem(node).Should().Be("job 'a' does not run: it is new");

        var run = node.Take();
        node.Core.Started(run, null, node.Now);
        Problem(node).Should().Be("job 'a' has no process: it runs in a plugin");

        node.End(run);
        Problem(node).Should().Be("job 'a' does not run: it is done");
        Problem(node, "nosuch").Should().Be("there is no job 'nosuch'; it may have ended and expired");
    }

    [Fact]
    public void A_run_that_follows_is_not_suspended()
    {
        var node = new TestNode();
        var run = Start(node);
        _ = Set(node, true);

        node.End(run, rc: 1);
        node["a"].Spec.Suspended.Should().BeFalse();
        node.Pass(10);

        (node.Start().IsSuspended, node["a"].Spec.Suspended, node["a"].Status.StartCount).Should().Be((false, false, 2));
    }

    [Fact]
    public void A_kill_ends_a_suspension()
    {
        var node = new TestNode();
        var run = Start(node);
        _ = Set(node, true);

        _ = node.Kill("a");

        (node["a"].Spec.Suspended, run.Stop).Should().Be((false, StopReason.Killed));
    }

    [Fact]
    public void A_request_at_a_head_reaches_the_run_and_a_head_without_the_attribute_does_not_end_it()
    {
        var node = new TestNode();
        var run = Start(node);
        var wish = Later(node["a"], 5);

        _ = node.Merge(wish with { Spec = wish.Spec with { Suspended = true } });
        run.IsSuspended.Should().BeTrue();

        // Of a legacy head, which has dropped it.
        _ = node.Merge(Later(wish, 9) with { Spec = wish.Spec with { Suspended = null, Tags = ["t"] } });
        (run.IsSuspended, node["a"].Spec.Suspended, node["a"].Spec.Tags.Length).Should().Be((true, true, 1));

        _ = node.Merge(Later(wish, 20) with { Spec = wish.Spec with { Suspended = false } });
        (run.IsSuspended, node["a"].Spec.Suspended).Should().Be((false, false));
    }

    [Fact]
    public void A_request_for_an_earlier_run_does_not_suspend_the_present_one()
    {
        var node = new TestNode();
        var first = Start(node);
        var wish = Later(node["a"], 100);
        node.End(first, rc: 1);
        node.Pass(10);
        var second = node.Start();

        _ = node.Merge(wish with { Spec = wish.Spec with { Suspended = true, Tags = ["t"] } });

        (second.IsSuspended, node["a"].Spec.Suspended, node["a"].Spec.Tags.Length).Should().Be((false, null, 1));
    }

    [Fact]
    public void A_head_keeps_a_suspension_for_the_run_that_it_was_meant_for()
    {
        var head = Head(NodeStatus.SuspendCapability);
        var report = Report();
        _ = head.Merge(report);
        var wish = Set(head, true);

        _ = head.Merge(report with { Status = report.Status with { StartCount = 2 }, Ts = wish.Ts - 1 });

        (head["a"].Status.StartCount, head["a"].Spec.Suspended).Should().Be((2, null));
    }

    // A copy of another head, which has not received the suspension.
    [Fact]
    public void A_kill_at_another_head_ends_a_suspension()
    {
        var head = Head(NodeStatus.SuspendCapability);
        var report = Report();
        _ = head.Merge(report);
        var wish = Set(head, true);

        _ = head.Merge(report with { Status = report.Status with { State = JobState.Killed, StartCount = 0 }, Ts = wish.Ts - 1 });

        (head["a"].Status.State, head["a"].Spec.Suspended).Should().Be((JobState.Killed, false));
    }

    [Fact]
    public void A_job_of_a_node_that_cannot_is_refused()
    {
        var head = Head();
        _ = head.Merge(Report(), Report() with { Id = "far", Status = Report().Status with { Node = "nowhere" } });

        Problem(head).Should().Be("node 'n1' of job 'a' has a version that suspends no jobs");
        Problem(head, "far").Should().Be("job 'far' is on node 'nowhere', which this node does not reach");
    }

    [Fact]
    public void An_adopted_run_is_suspended_as_its_job_is()
    {
        var before = new TestNode();
        _ = Start(before);
        var job = Set(before, true);
        var node = new TestNode();
        node.Core.Load([job], node.Now);

        var run = node.Core.Adopt(new FormerRun("a", 0, job.Status.SubmitTs, 0) { Pid = 4711 }, node.Now);

        run!.IsSuspended.Should().BeTrue();
    }

    private static TestNode Head(params string[] caps)
    {
        var head = new TestNode(Some.Head());
        head.ReceiveNodes(("n1", Some.Status(0, 1) with { Ver = "9", Caps = caps }));
        return head;
    }

    private static Job Report() => new()
    {
        Id = "a",
        Spec = new() { Pool = "p1", Args = ["x"] },
        Status = new() { Node = "n1", SubmitNode = "n1", State = JobState.Running, Active = true, StartCount = 1, Pid = 5, SubmitTs = 1 },
        Ts = 10,
    };

    private static Job Later(Job job, double seconds) => job with { Ts = job.Ts + seconds };

    private static Run Start(TestNode node)
    {
        _ = node.Accept(A);
        return node.Start();
    }

    private static Job Set(TestNode node, bool isSuspended)
    {
        var result = node.Core.SetSuspended("a", isSuspended, node.Now);
        result.Problem.Should().BeNull();
        return result.Job!;
    }

    private static string? Problem(TestNode node, string id = "a") => node.Core.SetSuspended(id, true, node.Now).Problem;
}
