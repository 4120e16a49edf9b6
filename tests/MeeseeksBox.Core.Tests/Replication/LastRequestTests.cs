using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>Persons ask for different things at two heads of one node, which are apart meanwhile: the last request holds.</summary>
public sealed class LastRequestTests
{
    private readonly Clock _clock = new();
    private readonly TestNode _node;
    private readonly TestNode _a;
    private readonly TestNode _b;

    public LastRequestTests()
    {
        _node = new TestNode(clock: _clock);
        (_a, _b) = (Head(), Head());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kill_holds_against_a_restart_before_it(bool isNodeFirst)
    {
        var run = Running("");
        _ = _a.Kill("j");
        Meet(_a, _node);
        _node.End(run, rc: -9);
        Meet(_a, _node);
        Restart(_a);
        Meet(_a, _node);
        Wait();
        var again = _node.Start();
        Meet(_a, _node);
        Wait();

        _ = _b.Kill("j");
        Heal(isNodeFirst);

        again.Stop.Should().Be(StopReason.Killed);
        _node.End(again, rc: -9);
        Heal(isNodeFirst);
        AllShouldBe(job => (job.Status.State, job.HasEnded), (JobState.Killed, true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restart_holds_against_a_kill_before_it(bool isNodeFirst)
    {
        var run = Running("'restart':true");
        _ = _b.Kill("j");
        Wait();
        _ = _a.Kill("j");
        Meet(_a, _node);
        _node.End(run, rc: -9);
        Meet(_a, _node);
        Restart(_a);
        Wait();

        Heal(isNodeFirst);

        AllShouldBe(job => job.Status.State, JobState.New);
        _ = _node.Start();
    }

    [Fact]
    public void A_second_kill_holds_against_a_restart_in_between()
    {
        _node.End(Running(""), rc: 1);
        Heal(true);
        Restart(_a);
        Heal(true);
        _ = _a.Kill("j");
        Heal(true);
        Wait();
        Restart(_a);
        Wait();

        _ = _b.Kill("j");
        Heal(true);

        AllShouldBe(job => job.Status.State, JobState.Killed);
        _node.Core.ClaimNext("p1", _node.Now).Should().BeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restart_holds_also_when_the_run_of_an_earlier_one_has_ended(bool isNodeFirst)
    {
        _node.End(Running(""));
        Heal(true);
        Restart(_a);
        Meet(_a, _node);
        Wait();
        _node.End(_node.Start());
        Meet(_a, _node);
        Wait();

        Restart(_b);
        Heal(isNodeFirst);

        AllShouldBe(job => (job.Status.State, job.Status.StartCount), (JobState.New, 1));
        Wait();
        _node.End(_node.Start());
        Heal(isNodeFirst);
        AllShouldBe(job => job.Status.State, JobState.Done);
        _node.Core.ClaimNext("p1", _node.Now).Should().BeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_later_of_two_restarts_holds_with_its_args(int earlierOnes)
    {
        _node.End(Running(""));
        Heal(true);
        for (var i = 0; i < earlierOnes; i++)
        {
            Restart(_a, "'args':['of a']");
            Meet(_a, _node);
            Wait();
            _node.End(_node.Start());
            Meet(_a, _node);
            Wait();
        }

        Restart(_b, "'args':['of b']");
        Heal(true);

        AllShouldBe(job => (job.Status.State, job.Spec.Args[0]), (JobState.New, "of b"));
        Wait();
        _node.Start().Job.Spec.Args.Should().Equal("of b");
    }

    [Theory]
    [InlineData("'tags':['t']", true, true)]
    [InlineData("'tags':['t']", true, false)]
    [InlineData("'tags':['t']", false, true)]
    [InlineData("'retries':7", true, true)]
    [InlineData("'retries':7", false, false)]
    [InlineData("'runtime':5", false, true)]
    [InlineData("'restart':false", true, true)]
    [InlineData("'restart':false", false, true)]
    public void A_change_holds_beside_a_restart_at_the_other_head(string change, bool isChangeFirst, bool isNodeFirst)
    {
        _node.End(Running("'tags':['s']"), rc: 1);
        Heal(true);
        if (isChangeFirst)
            _ = _b.Accept($"{{'id':'j',{change}}}");
        Wait();
        Restart(_a);
        Meet(_a, _node);
        _ = _node.Start();
        Wait();
        if (!isChangeFirst)
            _ = _b.Accept($"{{'id':'j',{change}}}");

        Heal(isNodeFirst);

        AllShouldBe(job => job.Status.State, JobState.Running);
        var tags = change.Contains("tags", StringComparison.Ordinal) ? "" : "'tags':['s'],";
        var asked = Some.Job($"{{'id':'j','pool':'p1','args':['x'],{tags}{change}}}");
        foreach (var node in new[] { _node, _a, _b })
        {
            JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec && attribute.Name is not "restart")
                .Should().OnlyContain(attribute => attribute.IsSame(node["j"], asked));
            (node["j"].Spec.Restart is true).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData("'hold':true", "'hold':false")]
    [InlineData("'restart':true", "'restart':false")]
    [InlineData("'tags':['t']", "'tags':[]")]
    [InlineData("'retries':1", "'retries':0")]
    [InlineData("'args':['y']", "'args':['x']")]
    public void A_change_to_the_value_that_the_head_has_holds_against_one_before_it(string earlier, string later)
    {
        _ = _a.Accept($"{{'id':'j','pool':'p1','node':'n1','args':['x']}}");
        Heal(true);
        _ = _a.Accept($"{{'id':'j',{earlier}}}");
        Wait();

        _ = _b.Accept($"{{'id':'j',{later}}}");
        Heal(true);

        foreach (var node in new[] { _node, _a, _b })
        {
            (node["j"].Spec.Hold is true, node["j"].Spec.Restart is true).Should().Be((false, false));
            (node["j"].Spec.Tags.Length, node["j"].Spec.Retries ?? 0, node["j"].Spec.Args[0]).Should().Be((0, 0, "x"));
        }
    }

    [Fact]
    public void A_resume_holds_against_a_suspension_before_it()
    {
        _ = Running("");
        _ = _a.Core.SetSuspended("j", true, _a.Now);
        Wait();

        _ = _b.Core.SetSuspended("j", false, _b.Now);
        Heal(true);

        AllShouldBe(job => job.Spec.Suspended is true, false);
    }

    [Fact]
    public void A_kill_of_a_job_that_is_presumed_lost_reaches_its_run()
    {
        var run = Running("");
        _a.Pass(70);
        _a["j"].Status.Phase.Should().Be(JobPhase.PresumedLost);

        (_a.Kill("j")!.Status.State, _a.History.Count).Should().Be((JobState.Killed, 1));
        Heal(true);

        run.Stop.Should().Be(StopReason.Killed);
        _node.End(run, rc: -9);
        Heal(true);
        AllShouldBe(job => (job.Status.State, job.Status.Error), (JobState.Killed, null));
    }

    [Fact]
    public void A_new_job_holds_against_an_old_one_of_the_same_id_that_ran_more_often()
    {
        var old = Some.Job("{'id':'j','pool':'p1','args':['old'],'tags':['old'],'node':'n1','submit_node':'n1','submit_ts':5,"
            + "'restarted_at':7,'epoch':9,'state':'done','start_count':9,'ts':9e9,'changed_at':{'tags':7}}");
        _ = _node.Merge(old);

        _ = _a.Accept("{'id':'j','pool':'p1','node':'n1','args':['new']}");
        Heal(true);

        AllShouldBe(job => (job.Status.State, job.Spec.Args[0], job.Spec.Tags.Length), (JobState.New, "new", 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("'restarted_at':300,")]
    public void A_restart_by_a_legacy_node_holds_against_a_kill_before_it_although_its_clock_is_behind(string before)
    {
        const string Keys = "'id':'j','pool':'p1','args':['x'],'node':'n2','submit_node':'n2','killed_at':310";
        _ = _a.Merge(Some.Job($"{{{Keys},{before}'submit_ts':100,'state':'killed','start_count':1,'end_ts':311,'ts':311}}"));

        _ = _a.Merge(Some.Job($"{{{Keys},{before}'submit_ts':305,'state':'new','ts':9e9}}"));

        _a["j"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_restart_by_a_legacy_node_is_no_needless_rerun_of_a_job_that_a_head_restarted_before()
    {
        const string Keys = "'id':'j','pool':'p1','args':['x'],'node':'n2','submit_node':'n2','restarted_at':200,'epoch':1";
        _ = _a.Merge(Some.Job($"{{{Keys},'submit_ts':100,'state':'done','rc':0,'start_count':2,'end_ts':210,'ts':210}}"));

        _ = _a.Merge(Some.Job($"{{{Keys},'submit_ts':150,'state':'new','ts':9e9}}"));

        _a["j"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_copy_of_another_submit_changes_nothing()
    {
        _ = _a.Accept("{'id':'j','pool':'p1','args':['x'],'uid':'root','hold':true}");

        _ = _a.Merge(Some.Job("{'id':'j','pool':'p1','args':['evil'],'uid':'alice','node':'n1','submit_node':'n1','submit_ts':1,"
            + "'state':'killed','killed_at':9e10,'ts':9e10,'changed_at':{'args':9e10,'hold':9e10}}"));

        (_a["j"].Status.State, _a["j"].Spec.Args[0], _a["j"].Spec.Hold).Should().Be((JobState.New, "x", true));
    }

    [Fact]
    public void A_new_job_is_none_that_left_the_table_although_the_clock_was_set_back_meanwhile()
    {
        _ = _a.Merge(Some.Job("{'id':'j','pool':'p1','args':['x'],'node':'n1','submit_ts':9e9,'state':'done','start_count':1,'ts':9e9}"));
        _a.Pass(100_000);
        _a.Core.Find("j").Should().BeNull();

        _a.Accept("{'id':'j','pool':'p1','args':['y']}").Status.SubmitTs.Should().BeGreaterThan(9e9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_killed_job_is_killed_once_more_only_by_its_name(bool isNamed)
    {
        _ = _node.Accept("{'id':'j','pool':'p1','args':['x'],'hold':true}");
        var first = _node.Kill("j")!.Status.KilledAt;
        Wait();

        (_node.Core.Kill("j", _node.Now, isNamed)!.Status.KilledAt > first).Should().Be(isNamed);
    }

    private TestNode Head()
    {
        var head = new TestNode(Some.Head(), _clock);
        head.ReceiveNodes(("n1", Some.Status(0, 2)));
        return head;
    }

    private void Wait() => _node.Pass(10);

    // A job that runs, as all three nodes know.
    private Run Running(string keys)
    {
        _ = _a.Accept($"{{'id':'j','pool':'p1','node':'n1','args':['x'],{keys}}}".Replace(",}", "}", StringComparison.Ordinal));
        Heal(true);
        var run = _node.Start();
        Heal(true);
        AllShouldBe(job => job.Status.State, JobState.Running);
        Wait();
        return run;
    }

    private static void Restart(TestNode head, string keys = "'hold':null") =>
        head.Accept($"{{'id':'j','state':'new',{keys}}}").Status.State.Should().Be(JobState.New);

    private static void Meet(params TestNode[] nodes)
    {
        for (var rest = 20; rest > 0; rest--)
        {
            var changes = 0;
            foreach (var (one, other) in nodes.SelectMany(one => nodes.Where(other => other != one).Select(other => (one, other))))
                changes += one.Core.Snapshot().Sum(job => other.Merge(job).Count);

            if (changes is 0)
                return;
        }

        throw new InvalidOperationException("The nodes answer each other for ever.");
    }

    // Head b meets the node first, or head a.
    private void Heal(bool isNodeFirst)
    {
        if (isNodeFirst)
            Meet(_b, _node);
        else
            Meet(_b, _a);

        Meet(_a, _b, _node);
    }

    private void AllShouldBe<T>(Func<Job, T> of, T expected)
    {
        foreach (var node in new[] { _node, _a, _b })
            of(node["j"]).Should().Be(expected);
    }
}
