using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>
/// A head above legacy nodes, which have no version and leave some reruns to the head (docs/SPECIFICATION.md#leases).
/// </summary>
public sealed class LegacyNodeTests
{
    private readonly TestNode _head = new(Some.Head());

    public LegacyNodeTests() => ReceiveStatus(slots: 1);

    private Job Job => _head["a"];

    [Fact]
    public void A_job_with_resubmit_that_is_done_there_runs_again_once_for_each_end()
    {
        Send("'resubmit':1");
        EndThere(JobState.Done);

        (Job.Status.State, Job.Status.Epoch, Job.Status.StartCount).Should().Be((JobState.New, 1, 0));
        _head.Pass(1.1);
        (Job.Status.Node, Job.Status.Epoch).Should().Be(("n1", 1));
        _head.History.Should().ContainSingle();
    }

    [Fact]
    public void A_job_with_resubmit_that_has_failed_for_good_runs_again_with_its_counts_reset()
    {
        Send("'resubmit':1,'retries':1");
        EndThere(JobState.Failed, failCount: 2);

        (Job.Status.State, Job.Status.Epoch, Job.Status.FailCount).Should().Be((JobState.New, 1, 0));
    }

    [Theory]
    [InlineData("'resubmit':1,'retries':2", JobState.Failed)]
    [InlineData("'resubmit':1,'restart':1", JobState.Done)]
    public void A_retry_or_restart_that_the_node_omits_is_made_by_the_head_after_a_delay_with_the_counts_kept(string spec, JobState end)
    {
        Send(spec);
        EndThere(end, failCount: end is JobState.Failed ? 1 : 0);
        var failCount = Job.Status.FailCount;

        Job.Status.State.Should().Be(end, "a node of January 2020 does it by itself");
        _head.Pass(20);
        Job.Status.State.Should().Be(end, "the node has sent nothing since");
        ReceiveStatus(slots: 1);
        _head.Pass(1.1);

        (Job.Status.State, Job.Status.Epoch, Job.Status.FailCount).Should().Be((JobState.New, 1, failCount));
        _head.Pass(1.1);
        Job.Status.Node.Should().Be("n1");
    }

    [Fact]
    public void A_retry_that_the_node_makes_by_itself_is_left_to_it()
    {
        Send("'resubmit':1,'retries':2");
        EndThere(JobState.Failed, failCount: 1);
        var ended = Job;
        _head.Pass(20);
        ReceiveStatus(slots: 1);
        _head.Merge(ended with
        {
            Status = ended.Status with { State = JobState.Running, Active = true, StartCount = 2 },
            Ts = ended.Ts + 2,
        });

        _head.Pass(20);
        ReceiveStatus(slots: 1);
        _head.Pass(20);

        (Job.Status.State, Job.Status.Epoch, Job.Status.StartCount).Should().Be((JobState.Running, 0, 2));
    }

    [Theory]
    [InlineData("'resubmit':0")]
    [InlineData("'retries':3")]
    [InlineData("'restart':1")]
    public void A_job_without_resubmit_is_left_to_the_node(string spec)
    {
        Send(spec);
        EndThere(JobState.Failed, failCount: 1);

        _head.Pass(20);

        (Job.Status.State, Job.Status.Epoch).Should().Be((JobState.Failed, 0));
    }

    [Fact]
    public void A_kill_between_an_end_and_the_retry_prevents_the_retry()
    {
        Send("'resubmit':1,'retries':2");
        EndThere(JobState.Failed, failCount: 1);

        _head.Kill("a")!.Status.State.Should().Be(JobState.Killed);

        _head.Pass(20);
        ReceiveStatus(slots: 1);
        _head.Pass(20);
        Job.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_second_failure_to_start_without_end_time_is_left_to_the_node_as_long_as_the_first()
    {
        Send("'resubmit':1,'retries':9");
        FailToStart();
        _head.Pass(4);
        FailToStart();
        _head.Pass(4);
        ReceiveStatus(slots: 1);
        _head.Pass(0.5);

        Job.Status.State.Should().Be(JobState.Failed);

        void FailToStart() => _head.Merge(Job with
        {
            Status = Job.Status with { State = JobState.Failed, Active = false, Error = "no such file" },
            Ts = Job.Ts + 1,
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_node_that_kills_its_stale_process_does_not_end_the_run_of_the_job_elsewhere(int startCount)
    {
        Send("'retries':1");
        StartThere();
        _head.ReceiveNodes(("n1", Some.OriginalStatus(0, 1) with { Online = false }));
        _head.Pass(61);
        _head.ReceiveNodes("other", ("n2", Some.Status(1, 1)));
        (Job.Status.State, Job.Status.Node, Job.Status.Epoch).Should().Be((JobState.New, "n2", 1));
        var there = Job with { Status = Job.Status with { State = JobState.Running, Active = true, StartCount = 2 }, Ts = Job.Ts + 1 };
        _head.Core.MergeJobsOf(_head.Peer("other"), [there], null, _head.Now);

        _head.ReceiveNodes("n1", ("n1", Some.OriginalStatus(99, 1)));
        var killed = there with
        {
            Status = there.Status with { State = JobState.Killed, Active = false, StartCount = startCount },
            Ts = there.Ts + 50,
        };
        _head.Core.MergeJobsOf(_head.Peer("n1"), [killed], null, _head.Now);

        (Job.Status.State, Job.Status.Node).Should().Be((JobState.Running, "n2"));
        Job.Ts.Should().BeGreaterThan(there.Ts + 50, "the original takes only a later copy");
    }

    [Fact]
    public void A_node_that_kills_its_stale_process_does_not_end_a_kill_that_has_not_reached_the_run_elsewhere()
    {
        _head.ReceiveNodes("n1", ("n1", Some.OriginalStatus(0, 1) with { Ts = 1 }));
        _head.ReceiveNodes("other", ("n2", Some.Status(1, 1)));
        _head.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n2','state':'running','active':1,'start_count':1,'ts':5}"));
        _ = _head.Kill("a");

        var ended = Job with { Status = Job.Status with { Active = false }, Ts = Job.Ts + 50 };
        _head.Core.MergeJobsOf(_head.Peer("n1"), [ended], null, _head.Now);

        (Job.Status.State, Job.Status.Active).Should().Be((JobState.Killed, true), "n2 has not confirmed it");
    }

    // Two heads above a legacy node, of which only the other reaches the node of the job: the end comes by way of both.
    [Fact]
    public void The_end_of_a_kill_comes_from_another_head_by_way_of_a_shared_node_after_that_has_the_copy_of_this_head()
    {
        _head.ReceiveNodes("n1", ("n1", Some.OriginalStatus(0, 1) with { Ts = 1 }));
        _head.ReceiveNodes("other", ("n2", Some.Status(1, 1)));
        var running = Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n2','state':'running','active':1,'start_count':1,'ts':5}");
        _head.Core.MergeJobsOf(_head.Peer("n1"), [running], null, _head.Now);
        _ = _head.Kill("a");

        ReceiveEnd();
        ReceiveEnd();
        (Job.Status.State, Job.Status.Active).Should().Be((JobState.Killed, true), "n1 has not received the copy of this head");
        _head.Core.DequeuePending(_head.Peer("n1"), _head.Now).Should().ContainSingle();
        ReceiveEnd();

        (Job.Status.State, Job.Status.Active).Should().Be((JobState.Killed, false));

        void ReceiveEnd()
        {
            var ended = Job with { Status = Job.Status with { Active = false }, Ts = Job.Ts + 1 };
            _head.Core.MergeJobsOf(_head.Peer("n1"), [ended], null, _head.Now);
        }
    }

    [Fact]
    public void A_kill_by_another_head_of_its_own_job_is_accepted_from_a_shared_node()
    {
        _head.ReceiveNodes("n1", ("n1", Some.OriginalStatus(0, 1) with { Ts = 1 }));
        var live = Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'other-head','state':'new','active':1,'ts':5}");
        _head.Core.MergeJobsOf(_head.Peer("n1"), [live], null, _head.Now);

        _head.Core.MergeJobsOf(_head.Peer("n1"), [live with
        {
            Status = live.Status with { State = JobState.Killed, Active = false },
            Ts = 6,
        }], null, _head.Now);

        Job.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_node_that_still_runs_a_job_presumed_lost_receives_a_copy_that_it_accepts()
    {
        Send("'retries':1");
        StartThere();
        var old = Job;
        _head.ReceiveNodes(("n1", Some.OriginalStatus(0, 1) with { Online = false }));
        _head.Pass(61);
        _head.ReceiveNodes("other", ("n2", Some.Status(1, 1)));
        (Job.Status.Node, Job.Status.Epoch).Should().Be(("n2", 1));

        _head.ReceiveNodes("n1", ("n1", Some.OriginalStatus(99, 1)));
        _head.Core.MergeJobsOf(_head.Peer("n1"), [old with { Ts = _head.Clock.Wall + 50 }], null, _head.Now);

        (Job.Status.Node, Job.Status.Epoch).Should().Be(("n2", 1));
        Job.Ts.Should().BeGreaterThan(_head.Clock.Wall + 50);
        _head.Core.DequeuePending(_head.Peer("n1"), _head.Now).Select(job => job.Id).Should().Equal("a");
    }

    [Fact]
    public void A_job_with_resubmit_that_was_killed_ends()
    {
        Send("'resubmit':1");
        EndThere(JobState.Killed);

        _head.Pass(20);

        Job.Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void A_job_that_another_node_has_submitted_is_left_to_that_node()
    {
        _head.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'master','resubmit':1,'ts':5}"));
        EndThere(JobState.Done);

        _head.Pass(20);

        Job.Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void A_node_of_this_implementation_reruns_jobs_by_itself()
    {
        _head.ReceiveNodes(("n1", Some.Status(0, 1)));
        Send("'resubmit':1");
        EndThere(JobState.Done);

        _head.Pass(20);

        Job.Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void Reruns_missed_before_a_restart_of_the_head_are_made_after_it()
    {
        Send("'resubmit':1");
        var ended = Job with
        {
            Status = Job.Status with
            {
                State = JobState.Done,
                Active = false,
                StartCount = 1,
                EndTs = 9,
            },
            Ts = Job.Ts + 9,
        };
        var second = new TestNode(Some.Head(), _head.Clock);
        second.Load(ended);
        second.ReceiveNodes(("n1", Some.OriginalStatus(0, 1)));

        second.Merge(ended);

        (second["a"].Status.State, second["a"].Status.Epoch).Should().Be((JobState.New, 1));
    }

    [Fact]
    public void A_job_that_runs_for_long_on_a_node_that_is_online_does_not_expire()
    {
        Send("'retries':1");
        StartThere();

        for (var second = 0; second < 600; second += 10)
        {
            _head.Pass(10);
            ReceiveStatus(slots: 1);
        }

        (Job.Status.State, Job.Status.StartCount, Job.Status.Epoch).Should().Be((JobState.Running, 1, 0));
        EndThere(JobState.Done);
        Job.Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void A_job_without_updates_is_sent_to_the_legacy_node_once_per_timeout()
    {
        Send("'retries':0");
        StartThere();
        _head.Core.MergeJobsOf(_head.Peer("peer"), [Job], null, _head.Now);
        Sent().Should().BeEmpty("the peer has sent the same copy");

        _head.Pass(40);
        ReceiveStatus(slots: 1);
        Sent().Should().BeEmpty();
        _head.Pass(21);
        Sent().Should().Equal(Job);
        ReceiveStatus(slots: 1);
        _head.Pass(20);
        Sent().Should().BeEmpty();
        _head.Pass(41);
        Sent().Should().ContainSingle();
    }

    [Fact]
    public void The_end_of_a_job_that_expired_downstream_during_a_partition_reaches_the_head()
    {
        var below = new TestNode(Some.Head() with { Name = "below" }, _head.Clock);
        below.ReceiveNodes("n1", ("n1", Some.OriginalStatus(0, 1)));
        Send("'retries':0");
        StartThere();
        below.Merge(Job with { Status = Job.Status with { State = JobState.Done, Active = false, Rc = 0, EndTs = 9 }, Ts = Job.Ts + 1 });
        below.Pass(Some.Head().Expire);
        below.Core.Find("a").Should().BeNull();
        _head.Core.MergeJobsOf(_head.Peer("peer"), [Job], null, _head.Now);
        ReceiveStatus(slots: 1);
        _head.Pass(60);

        below.Merge([.. Sent()]);
        _head.Merge(below["a"]);

        Job.Status.State.Should().Be(JobState.Done);
        below.History.Should().ContainSingle("its end is in the history already");
    }

    [Fact]
    public void A_job_expires_when_its_legacy_node_has_been_offline_for_expire()
    {
        Send("'retries':0");
        StartThere();
        _head.Pass(50);
        ReceiveStatus(slots: 1);

        _head.Pass(119);
        (_head.Core.Nodes.Find("n1")!.Status.Online, Job.Status.State).Should().Be((false, JobState.Running), "it went offline after 60 s");
        _head.Pass(2);

        (Job.Status.State, Job.Status.Error).Should().Be((JobState.Failed, "expired"));
    }

    [Fact]
    public void A_job_does_not_expire_when_its_legacy_node_comes_back_in_time()
    {
        Send("'retries':0");
        StartThere();
        _head.Pass(100);
        ReceiveStatus(slots: 1);

        _head.Pass(59);

        Job.Status.State.Should().Be(JobState.Running);
        ReceiveStatus(slots: 1);
        _head.Pass(100);
        Job.Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void A_job_expires_when_its_legacy_node_has_been_removed_for_expire()
    {
        Send("'retries':0");
        StartThere();
        _head.Core.RemovePeer(_head.Peer("peer"), _head.Now);

        _head.Pass(59);
        Job.Status.State.Should().Be(JobState.Running);
        _head.Pass(2);

        Job.Status.Error.Should().Be("expired");
    }

    [Fact]
    public void A_job_that_was_known_before_its_node_does_not_expire_while_the_node_is_online()
    {
        var head = new TestNode(Some.Head());
        head.Load(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n1','state':'running','active':1,'start_count':1,'ts':5}"));
        head.Pass(50);
        head.ReceiveNodes(("n1", Some.OriginalStatus(0, 1)));

        head.Pass(59);
        head.ReceiveNodes(("n1", Some.OriginalStatus(0, 1)));
        head.Pass(59);

        head["a"].Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void A_job_without_updates_expires_on_an_online_node_of_this_implementation()
    {
        _head.ReceiveNodes(("n1", Some.Status(0, 1)));
        Send("'retries':0");
        StartThere();
        _head.Pass(40);
        _head.ReceiveNodes(("n1", Some.Status(0, 1)));
        _head.Pass(21);

        Job.Status.Error.Should().Be("expired");
    }

    [Fact]
    public void The_settings_may_change_while_jobs_run_on_legacy_nodes()
    {
        Send("'retries':0");
        StartThere();
        _head.Pass(30);
        ReceiveStatus(slots: 1);
        _head.Apply(Some.Head() with { Expire = 20 });

        _head.Pass(59);

        Job.Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void A_restart_by_a_later_version_that_resets_the_counts_is_accepted()
    {
        var node = new TestNode();
        node.Merge(Some.Job("{'id':'a','pool':'p1','args':['x'],'node':'n1','submit_node':'n1','state':'new','submit_ts':5,'ts':5}"));
        node.End(node.Start(), rc: 3);
        var ended = node["a"];

        // As the recording of February 2022: the times of the last run stay, the time of submit is new.
        var restarted = ended with
        {
            Status = ended.Status with
            {
                State = JobState.New,
                StartCount = 0,
                FailCount = 0,
                Error = null,
                SubmitTs = ended.Ts + 1,
            },
            Ts = ended.Ts + 1,
        };
        node.Merge(restarted).Should().Equal("a");

        (node["a"].Status.State, node["a"].Status.Active).Should().Be((JobState.New, true));
        node.Pass(1.1);
        node.End(node.Start());
        (node["a"].Status.State, node["a"].Status.StartCount).Should().Be((JobState.Done, 1));
        node.Merge(ended).Should().BeEmpty("a copy of the submit before is stale");
    }

    private void ReceiveStatus(int slots) => _head.ReceiveNodes(("n1", Some.OriginalStatus(0, slots)));

    private void Send(string spec)
    {
        var job = _head.Accept($"{{'id':'a','pool':'p1','args':['x'],{spec}}}");
        job.Status.Node.Should().Be("n1");
    }

    private IReadOnlyList<Job> Sent() => _head.Core.DequeuePending(_head.Peer("peer"), _head.Now);

    private void StartThere() =>
        _head.Merge(Job with
        {
            Status = Job.Status with { State = JobState.Running, Active = true, StartCount = Job.Status.StartCount + 1 },
            Ts = Job.Ts + 1,
        });

    private void EndThere(JobState state, int failCount = 0) =>
        _head.Merge(Job with
        {
            Status = Job.Status with
            {
                State = state,
                Active = false,
                StartCount = Math.Max(Job.Status.StartCount, 1),
                FailCount = failCount,
                EndTs = Job.Ts + 1,
            },
            Ts = Job.Ts + 1,
        });
}
