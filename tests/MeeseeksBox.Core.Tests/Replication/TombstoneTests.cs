using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>
/// An ended job that has left is not brought back to life by somebody who was away meanwhile (docs/SPECIFICATION.md#tombstones).
/// </summary>
public sealed class TombstoneTests
{
    private const string New = "{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1','submit_ts':5,'ts':5}";

    private readonly TestNode _node = new(Some.Node() with { Expire = 60 });

    private Job RunAndLeave()
    {
        _node.Merge(Some.Job(New));
        _node.End(_node.Start());
        var ended = _node["a"];
        _node.Pass(61);
        _node.Core.Find("a").Should().BeNull();
        return ended;
    }

    [Fact]
    public void A_job_that_ran_and_left_does_not_run_again_for_a_head_that_was_away()
    {
        RunAndLeave();
        var seq = _node.Core.Seq;

        _node.Merge(Some.Job(New));

        _node.Core.ClaimNext("p1", _node.Now).Should().BeNull();
        _node.Core.ChangesSince(seq).Should().ContainSingle().Which.State.Should().Be(JobState.Done, "the head has to hear of the end");
        _node.History.Should().HaveCount(1);
    }

    [Fact]
    public void A_killed_job_that_left_stays_killed()
    {
        _node.Merge(Some.Job(New));
        _node.Kill("a");
        _node.Pass(61);

        _node.Merge(Some.Job(New));

        _node["a"].State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_head_remembers_a_kill_when_the_node_comes_back_with_the_job_at_work()
    {
        var head = TestNode.Head(("n1", 2));
        var copy = Some.Job(New);
        head.Merge(copy);
        head.Kill("a");
        head.Pass(200);
        head.Core.Find("a").Should().BeNull();

        head.Core.MergeNodesOf(head.Peer("n1"), new Dictionary<string, Protocol.Nodes.NodeStatus> { ["n1"] = Some.Status(9) }, null, 1, head.Now);
        head.Core.MergeJobsOf(head.Peer("n1"), [copy with { State = JobState.Running, Active = true, StartCount = 1, Ts = 6 }], 1, head.Now);

        head.Core.DequeuePending(head.Peer("n1")).Should().ContainSingle().Which.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void An_end_that_was_known_and_has_left_is_not_taken_again()
    {
        var ended = RunAndLeave();

        _node.Merge(ended with { Seq = 3 }).Should().BeEmpty();

        _node.Core.Find("a").Should().BeNull();
        _node.History.Should().HaveCount(1);
    }

    [Fact]
    public void A_job_that_was_started_again_elsewhere_runs_though_its_end_has_left()
    {
        RunAndLeave();

        _node.Merge(Some.Job(New) with { Epoch = 1, Ts = 9 });

        _node.Core.ClaimNext("p1", _node.Now).Should().NotBeNull();
    }

    [Fact]
    public void An_id_that_is_given_anew_is_another_job()
    {
        RunAndLeave();

        _node.Merge(Some.Job(New) with { SubmitTs = 100, Ts = 100 });

        _node.Core.ClaimNext("p1", _node.Now).Should().NotBeNull();
    }

    [Fact]
    public void A_job_may_be_submitted_under_an_id_that_has_left()
    {
        RunAndLeave();

        _ = _node.Accept("{'id':'a','pool':'p1','args':['y']}");

        _node.Core.ClaimNext("p1", _node.Now)!.Job.Args.Should().Equal("y");
    }

    [Fact]
    public void Only_so_many_are_remembered()
    {
        var departed = new Tombstones();
        var job = Some.Job(New);
        departed.Add(job);
        for (var number = 0; number < 10_000; number++)
        {
            departed.Add(job with { Id = $"{number}" });
        }

        departed.Find(job).Should().BeNull();
        departed.Find(job with { Id = "0" }).Should().NotBeNull();
    }

    [Fact]
    public void Only_so_much_output_is_remembered()
    {
        var departed = new Tombstones();
        var job = Some.Job(New) with { StdoutData = new string('A', 9 * 1024 * 1024) };
        departed.Add(job);
        departed.Add(job with { Id = "b" });

        departed.Find(job).Should().BeNull();
        departed.Find(job with { Id = "b" }).Should().NotBeNull();
    }
}
