using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Expire, expire_active_jobs, update, timeout, history (docs/SPECIFICATION.md#expiry).</summary>
public sealed class DeadlineSchedulerTests
{
    private const string AtWork =
        "'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1','state':'running','active':true,'start_count':1,'ts':5";

    private static TestNode Head(NodeSettings? settings = null) => new(settings ?? Some.Head() with { Expire = 60, Timeout = 600 });

    [Fact]
    public void An_ended_job_is_removed_when_expire_has_passed_since_its_last_update()
    {
        var node = new TestNode(Some.Node() with { Expire = 30 });
        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x']}");
        node.Pass(20);
        _ = node.Accept("{'id':'a','tags':['t']}");

        node.Pass(29.9);
        node.Core.Count.Should().Be(1);
        node.Pass(0.2);

        node.Core.Count.Should().Be(0);
    }

    [Theory]
    [InlineData("'hold':0")]
    [InlineData("'hold':1")]
    public void A_pool_refreshes_each_of_its_live_jobs(string key)
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Slots = 1, Update = 10 }));
        node.Core.SetHeadsWithoutLease(1);
        _ = node.Accept("{'id':'r','pool':'p1','args':['x'],'submit_ts':0}");
        _ = node.Start();
        _ = node.Accept($"{{'id':'w','node':'n1','pool':'p1','args':['x'],{key}}}");
        var (running, waiting) = (node["r"], node["w"]);

        node.Pass(9.9);
        node["r"].Should().BeSameAs(running);
        node.Pass(0.2);

        node["r"].Should().BeEquivalentTo(
            running with { Ts = 0, Seq = 0 }, options => options.Excluding(job => job.Ts).Excluding(job => job.Seq));
        node["r"].Ts.Should().BeApproximately(running.Ts + 10, 0.01);
        node["w"].Ts.Should().BeApproximately(waiting.Ts + 10, 0.01);
    }

    [Fact]
    public void Live_jobs_are_refreshed_only_while_a_head_does_not_accept_a_lease()
    {
        var node = new TestNode(Some.Node());
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        _ = node.Start();
        var alone = node["a"];
        node.Core.NextDeadline().Should().BeNull();

        node.Pass(1000);
        node["a"].Should().BeSameAs(alone);
        node.Core.SetHeadsWithoutLease(2);
        node.Pass(0.1);
        node["a"].Ts.Should().BeApproximately(alone.Ts + 1000, 0.2, "a head that comes late must not take it for lost");
        node.Core.SetHeadsWithoutLease(1);
        node.Pass(30.2);
        var last = node["a"];
        last.Ts.Should().BeApproximately(alone.Ts + 1030, 0.5);
        node.Core.SetHeadsWithoutLease(0);
        node.Pass(1000);

        node["a"].Should().BeSameAs(last);
    }

    [Fact]
    public void A_job_that_is_being_killed_is_refreshed_until_its_process_is_gone()
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Update = 10 }));
        node.Core.SetHeadsWithoutLease(1);
        _ = node.Accept("{'id':'a','pool':'p1','args':['x']}");
        _ = node.Start();
        var killed = node.Kill("a")!;

        node.Pass(100);

        node["a"].Ts.Should().BeApproximately(killed.Ts + 100, 0.01);
    }

    [Fact]
    public void Jobs_of_the_config_pool_are_refreshed_too()
    {
        var node = new TestNode();
        node.Core.SetHeadsWithoutLease(1);
        var job = node.Accept("{'id':'a','node':'n1','pool':'__config','args':{'x':1},'hold':1}");

        node.Pass(31);

        node["a"].Ts.Should().BeGreaterThan(job.Ts);
    }

    [Fact]
    public void A_new_job_without_updates_for_timeout_is_sent_downstream_again()
    {
        var head = Head(Some.Head() with { Timeout = 20 });
        head.ReceiveNodes(("n1", Some.Status(0)));
        _ = head.Accept("{'id':'a','node':'n1','pool':'p1','args':['x']}");
        var seq = head.Core.Seq;

        head.Pass(19.9);
        head.Core.ChangesSince(seq).Should().BeEmpty();
        head.Pass(0.2);

        head.Core.ChangesSince(seq).Should().ContainSingle().Which.Id.Should().Be("a");
        head.Core.NextDeadline().Should().BeApproximately(head.Clock.Steady + 19.9, 0.001);
    }

    [Fact]
    public void A_new_job_whose_node_is_not_downstream_is_not_sent_upstream_again()
    {
        // Sent again after all other nodes have removed its end, the job would run again.
        var node = new TestNode(Some.Node() with { Timeout = 20 });
        _ = node.Accept("{'id':'a','node':'n2','pool':'p1','args':['x']}");
        var seq = node.Core.Seq;

        node.Pass(100);

        node.Core.ChangesSince(seq).Should().BeEmpty();
        node["a"].Status.State.Should().Be(JobState.New);
        node.Core.NextDeadline().Should().BeNull();
    }

    [Fact]
    public void A_resent_job_does_not_win_over_its_newer_status()
    {
        var head = Head(Some.Head() with { Timeout = 20 });
        head.ReceiveNodes(("n1", Some.Status(0)));
        var job = head.Accept("{'id':'a','node':'n1','pool':'p1','args':['x']}");
        head.Pass(100);
        head["a"].Ts.Should().Be(job.Ts);

        head.Merge(job with { Status = job.Status with { State = JobState.Done, StartCount = 1 }, Ts = job.Ts + 5 });

        head["a"].Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void A_node_without_a_status_change_for_timeout_is_offline_and_leaves_the_pools()
    {
        var head = Head(Some.Head() with { Timeout = 20 });
        head.ReceiveNodes(("n1", Some.Status(0)), ("n2", Some.Status(0)));
        head.Pass(15);
        head.ReceiveNodes(("n2", Some.Status(0)));

        head.Pass(5.1);

        head.Core.FreeSlots()["p1"].Keys.Should().Equal("n2");
        head.Core.Nodes.Find("n1")!.Status.Online.Should().BeFalse();
        head.Core.OwnStatus(head.Now).Routing.Should().Equal("head", "n2");
        head.Accept("{'pool':'p1','args':['x']}").Status.Node.Should().Be("n2");
    }

    [Fact]
    public void An_unchanged_status_that_is_reported_again_does_not_refresh_its_node()
    {
        var head = Head(Some.Head() with { Timeout = 20 });
        var status = Some.Status(7);
        head.ReceiveNodes("peer", ("n1", status));

        for (var time = 0; time < 3; time++)
        {
            head.Pass(10);
            head.ReceiveNodes("peer", ("n1", status));
        }

        head.Core.Nodes.Find("n1")!.Status.Online.Should().BeFalse();
    }

    [Fact]
    public void History_gets_a_job_that_ended_once_and_one_that_expired_once()
    {
        var head = Head();
        head.Merge(Some.Job($"{{{AtWork}}}"));
        head.Merge(Some.Job("{'id':'b','pool':'p1','args':['x'],'node':'n1','state':'done','rc':0,'ts':5}"));

        head.Pass(1000);

        head.History.Select(job => (job.Id, job.Status.State)).Should().Equal(("b", JobState.Done), ("a", JobState.Failed));
        head.Core.Count.Should().Be(0);
    }

    [Fact]
    public void A_change_of_an_ended_job_adds_no_history_line()
    {
        var node = new TestNode();
        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x']}");

        _ = node.Accept("{'id':'a','tags':['t']}");

        node.History.Should().ContainSingle();
    }

    [Fact]
    public void A_restarted_job_that_ends_again_adds_a_history_line()
    {
        var node = new TestNode();
        _ = node.RunToEnd("{'id':'a','pool':'p1','args':['x']}");

        _ = node.RunToEnd("{'id':'a','state':'new'}", rc: 1);

        node.History.Select(job => job.Status.State).Should().Equal(JobState.Done, JobState.Failed);
    }

    [Fact]
    public void An_interval_of_zero_does_not_make_the_node_spin()
    {
        var node = new TestNode(Some.Node().WithPool("p1", new() { Update = 0, RestartDelay = 0 }) with { Expire = 0, Timeout = 0 });
        node.Core.SetHeadsWithoutLease(1);
        _ = node.Accept("{'id':'a','node':'n1','pool':'p1','args':['x']}");
        _ = node.Accept("{'id':'b','node':'n9','pool':'p1','args':['x']}");
        node.Core.Merge([Some.Job($"{{{AtWork},'id':'c','node':'n8'}}")], node.Now);
        node.Clock.Pass(1);

        node.Core.Tick(node.Now);

        node.Core.NextDeadline().Should().BeGreaterThan(node.Clock.Steady);
    }

    [Fact]
    public void An_idle_node_has_no_deadline() => new TestNode().Core.NextDeadline().Should().BeNull();
}
