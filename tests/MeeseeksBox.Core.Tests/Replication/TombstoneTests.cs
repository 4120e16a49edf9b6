using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>
/// A removed job is not restored by a node that was cut off meanwhile (docs/SPECIFICATION.md#tombstones).
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
    public void A_job_that_ran_and_expired_does_not_run_again_for_a_head_that_was_cut_off()
    {
        RunAndLeave();
        var seq = _node.Core.Seq;

        _node.Merge(Some.Job(New));

        _node.Core.ClaimNext("p1", _node.Now).Should().BeNull();
        _node.Core.ChangesSince(seq)
            .Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done, "the head must receive the end");
        _node.History.Should().HaveCount(1);
    }

    [Fact]
    public void A_killed_job_that_expired_stays_killed()
    {
        _node.Merge(Some.Job(New));
        _node.Kill("a");
        _node.Pass(61);

        _node.Merge(Some.Job(New));

        _node["a"].Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_head_keeps_a_kill_when_the_node_comes_back_with_the_job_running()
    {
        var head = TestNode.Head(("n1", 2));
        var copy = Some.Job(New);
        head.Merge(copy);
        head.Kill("a");
        head.Pass(200);
        head.Core.Find("a").Should().BeNull();

        var nodes = new Dictionary<string, Protocol.Nodes.NodeStatus> { ["n1"] = Some.Status(9) };
        head.Core.MergeNodesOf(head.Peer("n1"), nodes, null, 1, head.Now);
        var running = copy with { Status = copy.Status with { State = JobState.Running, Active = true, StartCount = 1 }, Ts = 6 };
        head.Core.MergeJobsOf(head.Peer("n1"), [running], 1, head.Now);

        head.Core.DequeuePending(head.Peer("n1"), head.Now).Should().ContainSingle().Which.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void An_expired_end_is_not_accepted_again()
    {
        var ended = RunAndLeave();

        _node.Merge(ended with { Seq = 3 }).Should().BeEmpty();

        _node.Core.Find("a").Should().BeNull();
        _node.History.Should().HaveCount(1);
    }

    [Fact]
    public void A_job_restarted_elsewhere_runs_although_its_end_has_expired()
    {
        RunAndLeave();

        _node.Merge(Some.Job(New).With(status => status with { RestartedAt = 9, Epoch = 1 }) with { Ts = 9 });

        _node.Core.ClaimNext("p1", _node.Now).Should().NotBeNull();
    }

    [Fact]
    public void A_reused_id_is_another_job()
    {
        RunAndLeave();

        _node.Merge(Some.Job(New).With(status => status with { SubmitTs = 100 }) with { Ts = 100 });

        _node.Core.ClaimNext("p1", _node.Now).Should().NotBeNull();
    }

    [Fact]
    public void A_job_may_be_submitted_under_an_id_that_has_expired()
    {
        RunAndLeave();

        _ = _node.Accept("{'id':'a','pool':'p1','args':['y']}");

        _node.Core.ClaimNext("p1", _node.Now)!.Job.Spec.Args.Should().Equal("y");
    }

    [Fact]
    public void A_reader_that_stalled_for_longer_than_the_job_stayed_receives_its_end()
    {
        var seq = _node.Core.Seq;
        RunAndLeave();

        _node.Core.ChangesSince(seq, removed: true).Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done);
        _node.Core.ChangesSince(_node.Core.Seq, removed: true).Should().BeEmpty("it has that end by now");
        _node.Core.ChangesSince(seq).Should().BeEmpty("a new reader has no copy of the job");
    }

    [Fact]
    public void A_poll_that_waits_is_answered_with_the_end_of_a_removed_job()
    {
        var query = new JobQuery(Some.Filter("{'seq':0}"), IncludesUnassigned: false, IncludesRemoved: true);
        RunAndLeave();

        query.HasAnyAfter(_node.Core, 0).Should().BeTrue();
        query.Select(query.Candidates(_node.Core)).Jobs.Should().ContainSingle().Which.Id.Should().Be("a");
    }

    [Fact]
    public void The_end_of_a_removed_job_comes_in_the_piece_of_its_number()
    {
        _ = _node.Accept("{'id':'before','pool':'p1','args':['x'],'node':'n9'}");
        RunAndLeave();
        _ = _node.Accept("{'id':'after','pool':'p1','args':['x'],'node':'n9'}");

        var first = _node.Core.PieceSince(0, null, most: 1, unassigned: false, removed: true, removedAfter: 0);
        var second = _node.Core.PieceSince(first.Seq, first.Last, most: 1, unassigned: false, removed: true, removedAfter: 0);

        first.Jobs.Select(job => job.Id).Should().Equal("before");
        second.Jobs.Select(job => job.Id).Should().Equal("a", "after");
    }

    [Fact]
    public void A_job_that_was_removed_before_a_restart_does_not_run_again()
    {
        var ended = RunAndLeave();
        var again = new TestNode(Some.Node() with { Expire = 60 });
        again.Core.LoadTombstones([ended]);
        var seq = again.Core.Seq;

        again.Merge(Some.Job(New));

        again.Core.ClaimNext("p1", again.Now).Should().BeNull();
        again.Core.ChangesSince(seq)
            .Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done, "the head must receive the end");
        again.History.Should().BeEmpty("it has that end already");
    }

    [Fact]
    public void A_kill_of_a_job_that_was_removed_before_a_restart_holds()
    {
        _node.Merge(Some.Job(New.Replace("'n1','submit_node'", "'n2','submit_node'")));
        _node.Kill("a");
        _node.Pass(200);
        var removed = _node.Core.TombstonesSince(0).Should().ContainSingle().Subject;
        var again = new TestNode(Some.Node() with { Expire = 60 });
        again.Core.LoadTombstones([removed]);

        again.Merge(Some.Job(New.Replace("'n1','submit_node'", "'n2','submit_node'")) with { Ts = 9 });

        again["a"].Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_tombstone_from_before_a_restart_is_no_change_and_leaves_no_gap()
    {
        var ended = RunAndLeave() with { Seq = 70 };
        var again = new TestNode();
        again.Core.LoadTombstones(Enumerable.Range(0, 10_001).Select(number => ended with { Id = $"{number}" }));

        again.Core.TombstonesSince(0).Should().HaveCount(10_000);
        again.Core.Seq.Should().Be(0);
        again.Core.ChangesSince(0, removed: true).Should().BeEmpty();
        again.Core.HasGapSince(0).Should().BeFalse("the dropped one ended before the restart");
    }

    [Fact]
    public void Of_two_tombstones_from_before_a_restart_the_latter_counts_and_a_job_of_the_table_has_none()
    {
        var ended = RunAndLeave();
        var again = new TestNode();
        again.Load(ended with { Id = "present" });

        again.Core.LoadTombstones([ended, ended.With(status => status with { Epoch = 1 }), ended with { Id = "present" }]);

        var kept = again.Core.TombstonesSince(0).Should().ContainSingle().Subject;
        (kept.Id, kept.Status.Epoch, kept.Seq).Should().Be(("a", 1, 0));
    }

    [Fact]
    public void Tombstones_since_a_number_are_those_that_were_added_and_are_still_kept()
    {
        var tombstones = new Tombstones();
        var job = Some.Job(New);
        foreach (var id in new[] { "a", "b", "c" })
            tombstones.Add(job with { Id = id });
        var number = tombstones.Added;
        foreach (var id in new[] { "d", "e", "b" })
            tombstones.Add(job with { Id = id });
        tombstones.Remove("e");

        Ids(number).Should().Equal("d", "b");
        Ids(tombstones.Added).Should().BeEmpty();
        Ids(0).Should().Equal("a", "c", "d", "b");
        Ids(-1).Should().Equal("a", "c", "d", "b");
        for (var dropping = 0; dropping < 10_000; dropping++)
            tombstones.Add(job with { Id = $"{dropping}" });
        Ids(number).Should().HaveCount(10_000).And.NotContain("d");

        IEnumerable<string> Ids(long since) => tombstones.AddedSince(since).Select(one => one.Id);
    }

    [Fact]
    public void The_number_of_tombstones_is_limited()
    {
        var departed = new Tombstones();
        var job = Some.Job(New);
        departed.Add(job);
        for (var number = 0; number < 10_000; number++)
            departed.Add(job with { Id = $"{number}" });

        departed.Find(job).Should().BeNull();
        departed.Find(job with { Id = "0" }).Should().NotBeNull();
    }

    [Fact]
    public void The_output_in_tombstones_is_limited()
    {
        var departed = new Tombstones();
        var job = Some.Job(New).With(status => status with { StdoutData = new string('A', 9 * 1024 * 1024) });
        departed.Add(job);
        departed.Add(job with { Id = "b" });

        departed.Find(job).Should().BeNull();
        departed.Find(job with { Id = "b" }).Should().NotBeNull();
    }
}
