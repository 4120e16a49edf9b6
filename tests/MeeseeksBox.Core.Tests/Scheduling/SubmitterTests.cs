using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>Clients that may not choose the user of each job (docs/SPECIFICATION.md#job-user).</summary>
public sealed class SubmitterTests
{
    private static readonly Submitter Alice = new(job => job.Spec.Uid is "1000" ? null : "not yours", "1000", "100");
    private static readonly Submitter Plain = new(job => job.Spec.Uid is null ? null : "not yours", null, null);

    private readonly TestNode _node = new();

    [Theory]
    [InlineData("{'id':'a','pool':'p1','args':['x']}")]
    [InlineData("{'id':'a','pool':'p1','args':['x'],'uid':0,'gid':0}")]
    [InlineData("{'id':'a','pool':'p1','args':['x'],'uid':null}")]
    public void A_new_job_of_a_client_with_one_user_is_for_that_user(string spec)
    {
        _ = Submit(spec, Alice);

        (_node["a"].Spec.Uid, _node["a"].Spec.Gid).Should().Be(("1000", "100"));
    }

    [Theory]
    [InlineData("{'id':'a','args':['evil']}")]
    [InlineData("{'id':'a','state':'new','args':['evil']}")]
    [InlineData("{'id':'a','state':'killed'}")]
    [InlineData("{'id':'a','uid':1000}")]
    [InlineData("{'id':'a','tags':['x']}")]
    public void A_job_of_another_user_does_not_change(string spec)
    {
        var root = _node.Accept("{'id':'a','pool':'p1','args':['x']}");
        var answer = Submit(spec, Alice);

        (answer.Error, answer.Code).Should().Be(("not yours", ErrorCode.Forbidden));
        _node["a"].Should().Be(root);
    }

    [Fact]
    public void An_ended_job_of_another_user_does_not_run_again_and_one_of_several_rejects_the_whole_submit()
    {
        _ = _node.RunToEnd("{'id':'a.n1','pool':'p1','args':['x'],'uid':7}");
        var answer = Submit("{'id':'a','node':['n1','n2'],'pool':'p1','args':['evil'],'state':'new'}", Alice);

        answer.Error.Should().Be("not yours");
        (_node["a.n1"].HasEnded, _node["a.n1"].Spec.Args[0]).Should().Be((true, "x"));
        _node.Core.Find("a.n2").Should().BeNull();
    }

    [Fact]
    public void A_client_with_one_user_cannot_take_it_off_its_job()
    {
        _ = Submit("{'id':'a','pool':'p1','args':['x']}", Alice);
        _ = Submit("{'id':'a','uid':null,'gid':null,'args':['y']}", Alice);

        (_node["a"].Spec.Uid, _node["a"].Spec.Gid, _node["a"].Spec.Args[0]).Should().Be(("1000", "100", "y"));
    }

    [Fact]
    public void A_new_copy_for_a_user_that_its_sender_may_not_name_fails_in_words()
    {
        _ = Merge(Copy("a", "7", "x"), Plain);
        _ = Merge(Copy("b", "7", "x") with { Status = new JobStatus { State = JobState.New } }, Plain);

        foreach (var id in (string[])["a", "b"])
            (_node[id].Status.State, _node[id].Status.Error).Should().Be((JobState.Failed, "not yours"));
        _node.Core.ClaimNext("p1", _node.Now).Should().BeNull();
    }

    [Theory]
    [InlineData("7", "evil")]
    [InlineData(null, "evil")]
    [InlineData(null, "x")]
    public void A_later_copy_does_not_change_what_a_job_of_another_user_runs(string? uid, string argument)
    {
        _ = _node.Accept("{'id':'a','pool':'p1','args':['x'],'uid':7}");
        var later = Copy("a", uid, argument) with { Ts = _node.Now.Wall + 10 };

        _ = Merge(later, Plain);
        _ = Merge(later with { Status = later.Status with { Epoch = 5 } }, Plain);
        _ = Merge(later with { Spec = later.Spec with { Uid = "7", Args = ["x"] }, Status = later.Status with { Epoch = 5 } }, Plain);

        (_node["a"].Spec.Uid, _node["a"].Spec.Args[0], _node["a"].Status.Epoch).Should().Be(("7", "x", 0));
    }

    [Fact]
    public void A_copy_adds_no_user_to_a_job_without_one()
    {
        _ = _node.Accept("{'id':'a','pool':'p1','args':['x']}");

        _ = Merge(Copy("a", "7", "x") with { Ts = _node.Now.Wall + 10 }, Plain);

        _node["a"].Spec.Uid.Should().BeNull();
    }

    // docs/SPECIFICATION.md#job-user
    [Fact]
    public void No_copy_kills_restarts_or_changes_a_job_of_another_user()
    {
        var job = _node.Accept("{'id':'a','pool':'p1','args':['x'],'uid':7}");
        var later = job with { Ts = job.Ts + 10 };

        _ = Merge(later with { Status = job.Status with { State = JobState.Killed } }, Plain);
        _ = Merge(later with { Status = job.Status with { State = JobState.New, SubmitTs = job.Status.SubmitTs + 10 } }, Plain);
        _ = Merge(later with { Spec = job.Spec with { Tags = ["x"], Retries = 1000, Restart = true, Pool = "p2" } }, Plain);

        _node["a"].Should().Be(job);
    }

    [Fact]
    public void A_refused_copy_that_is_sent_again_does_not_run()
    {
        foreach (var (sender, uid) in (IEnumerable<(Submitter, string?)>)[(Plain, "7"), (Alice, null), (Alice, "7")])
        {
            var copy = Copy($"{sender.Uid}{uid}", uid, "x");
            copy = copy with { Spec = copy.Spec with { Retries = 9, Restart = true, Resubmit = true } };
            for (var time = 0; time < 3; time++)
            {
                _ = Merge(
                    copy with { Ts = copy.Ts + (100 * time), Status = copy.Status with { SubmitTs = copy.Status.SubmitTs + (100 * time) } },
                    sender);
            }

            _node[copy.Id].Status.State.Should().Be(JobState.Failed);
        }

        _node.Core.ClaimNext("p1", _node.Now).Should().BeNull();
    }

    [Fact]
    public void A_refused_copy_for_another_node_leaves_nothing()
    {
        var copy = Copy("a", "7", "x");

        _ = Merge(copy with { Status = copy.Status with { Node = "sibling" } }, Plain);

        _node.Core.Find("a").Should().BeNull();
    }

    [Fact]
    public void A_sender_without_limits_names_any_user()
    {
        _ = _node.Merge(Copy("a", "7", "x"));

        (_node["a"].Spec.Uid, _node["a"].IsLive).Should().Be(("7", true));
    }

    // docs/SPECIFICATION.md#roles
    [Theory]
    [InlineData(JobState.Done)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.New)]
    [InlineData(JobState.Running)]
    public void The_copy_of_a_client_does_not_tell_the_status_of_a_job(JobState state)
    {
        var job = _node.Accept("{'id':'a','pool':'p1','args':['x']}");
        _ = _node.Core.ClaimNext("p1", _node.Now);
        var running = _node["a"];
        var forged = job.Status with { State = state, Epoch = 5, StartCount = 9, FailCount = 3, Rc = 7, Node = "sibling", Active = false };

        _ = Merge(job with { Ts = _node.Now.Wall + 10, Status = forged }, Plain);

        _node["a"].Status.Should().Be(running.Status);
    }

    [Fact]
    public void The_copy_of_a_client_makes_changes_kills_and_restarts_a_job()
    {
        var copy = Copy("a", null, "x");
        _ = Merge(copy with { Status = copy.Status with { Node = "sibling" } }, Plain);
        (_node["a"].Status.Node, _node["a"].IsLive).Should().Be(("sibling", true));
        _ = Merge(Copy("b", null, "x") with { Status = new JobStatus { Node = "n", State = JobState.Running, SubmitTs = 5 } }, Plain);
        _node.Core.Find("b").Should().BeNull("it ran elsewhere, as the client says");

        var job = _node.Accept("{'id':'c','pool':'p1','args':['x']}");
        _ = Merge(job with { Ts = job.Ts + 10, Spec = job.Spec with { Tags = ["t"] } }, Plain);
        _node["c"].Spec.Tags.Should().Equal("t");
        _ = Merge(job with { Ts = job.Ts + 20, Status = job.Status with { State = JobState.Killed } }, Plain);
        _node["c"].Status.State.Should().Be(JobState.Killed);

        // A head restarts a job in a new epoch.
        var ended = _node.RunToEnd("{'id':'d','pool':'p1','args':['x']}");
        var again = ended.Status with { State = JobState.New, Epoch = ended.Status.Epoch + 1, EndTs = null };
        _ = Merge(ended with { Ts = ended.Ts + 10, Status = again }, Plain);
        (_node["d"].IsLive, _node["d"].Status.Epoch).Should().Be((true, ended.Status.Epoch + 1));
    }

    [Fact]
    public void The_copy_of_a_node_tells_the_status_of_a_job()
    {
        var peer = Plain with { ReportsStatus = true };
        var copy = Copy("a", null, "x");

        _ = Merge(copy with { Status = copy.Status with { Node = "sibling", State = JobState.Done, Rc = 0, EndTs = 9 } }, peer);

        _node["a"].Status.State.Should().Be(JobState.Done);
    }

    private SubmitResult Submit(string spec, Submitter submitter) => _node.Core.Submit(Some.Spec(spec), _node.Now, submitter);

    private IReadOnlyList<string> Merge(Job copy, Submitter sender) => _node.Core.Merge([copy], _node.Now, sender);

    private Job Copy(string id, string? uid, string argument) => new()
    {
        Id = id,
        Spec = JobSpec.Empty with { Pool = "p1", Args = [argument], Uid = uid },
        Status = new JobStatus { Node = _node.Core.Settings.Name, SubmitTs = _node.Now.Wall },
        Ts = _node.Now.Wall,
    };
}
