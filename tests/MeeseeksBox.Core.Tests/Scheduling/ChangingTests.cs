using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>A submit with an id that exists (docs/SPECIFICATION.md#changing-jobs).</summary>
public sealed class ChangingTests
{
    private const string A = "{'id':'a','pool':'p1','args':['x']}";

    [Theory]
    [InlineData("new", 0)]
    [InlineData("running", 1)]
    [InlineData("done", 1)]
    [InlineData("failed", 1)]
    public void The_only_state_that_a_live_job_can_be_set_to_is_killed(string state, int warnings)
    {
        var node = new TestNode();
        _ = node.Accept(A);

        var answer = node.Submit($"{{'id':'a','state':'{state}'}}");

        answer.Warnings.Should().HaveCount(warnings);
        node["a"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_running_job_set_to_new_runs_on()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        _ = node.Start();

        var answer = node.Submit("{'id':'a','state':'new'}");

        answer.Warnings.Should().ContainSingle().Which.Should().StartWith("state");
        node["a"].Status.State.Should().Be(JobState.Running);
    }

    [Fact]
    public void A_live_job_set_to_killed_is_killed()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Start();

        var job = node.Accept("{'id':'a','state':'killed'}");

        (job.Status.State, job.Status.Active).Should().Be((JobState.Killed, true));
        node.TakeEffects().Stops.Should().Equal(run);
    }

    [Fact]
    public void The_node_and_pool_of_a_live_job_cannot_change()
    {
        var node = new TestNode();
        _ = node.Accept(A);

        var answer = node.Submit("{'id':'a','node':'n7','pool':'p7','tags':['t']}");

        answer.Warnings.Should().HaveCount(2).And.Contain(text => text.StartsWith("node")).And.Contain(text => text.StartsWith("pool"));
        (node["a"].Status.Node, node["a"].Spec.Pool, node["a"].Spec.Tags.Single()).Should().Be(("n1", "p1", "t"));
    }

    [Theory]
    [InlineData("memory", "5000000", "6000000")]
    [InlineData("cpus", "2", "0.5")]
    public void A_limit_may_change_during_a_run_and_holds_from_the_next_one_on(string name, string before, string after)
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'" + name + "':" + before + "}");
        var run = node.Start();

        var changed = node.Submit("{'id':'a','" + name + "':" + after + "}");
        var same = node.Submit("{'id':'a','" + name + "':" + after + "}");
        node.End(run);

        changed.Warnings.Should().Equal($"{name}: job 'a' is running; its {name} changes with its next run");
        same.Warnings.Should().BeEmpty();
        JobAttributes.TryFind(name, out var attribute).Should().BeTrue();
        (attribute!.Canonical(run.Job), attribute.Canonical(node["a"])).Should().Be((before, after));
    }

    [Fact]
    public void Everything_else_of_a_waiting_job_may_change()
    {
        var node = new TestNode();
        _ = node.Accept(A);

        var answer = node.Submit(
            "{'id':'a','args':['y'],'stdin':'i','stdout':'o','stderr':'e','runtime':9,'memory':'9M','cpus':2,'hold':1,'restart':1,"
            + "'retries':2,'resubmit':1,'config':{'shell':true},'env':{'k':'v'},'cwd':'/','tags':['t']}");

        answer.Warnings.Should().BeEmpty();
        node["a"].Should().BeEquivalentTo(new
        {
            Spec = new
            {
                Args = new[] { "y" },
                Stdin = "i",
                Stdout = "o",
                Stderr = "e",
                Runtime = 9.0,
                Hold = true,
                Restart = true,
                Retries = 2,
                Resubmit = true,
                Cwd = "/",
                Tags = new[] { "t" },
            },
            Status = new
            {
                State = JobState.New,
            },
        });
    }

    [Theory]
    [InlineData("'args':['y']", "args")]
    [InlineData("'stdin':'i'", "stdin")]
    [InlineData("'stdout':'o'", "stdout")]
    [InlineData("'stderr':'e'", "stderr")]
    [InlineData("'config':{'shell':true}", "config")]
    [InlineData("'env':{'k':'v'}", "env")]
    [InlineData("'cwd':'/'", "cwd")]
    [InlineData("'uid':'7'", "uid")]
    [InlineData("'gid':'7'", "gid")]
    public void What_a_run_has_started_with_cannot_change_before_it_has_ended_and_then_only_with_a_restart(string key, string name)
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var run = node.Take();
        var claimed = node.Submit($"{{'id':'a',{key}}}");
        node.Core.Started(run, 4711, node.Now);
        var running = node.Submit($"{{'id':'a',{key},'retries':2}}");
        node.End(run);
        var ended = node.Submit($"{{'id':'a',{key},'retries':3}}");
        var attribute = JobAttributes.All.Single(attribute => attribute.Name == name);
        attribute.IsSame(node["a"], run.Job).Should().BeTrue();

        var restarted = node.Submit($"{{'id':'a',{key},'state':'new'}}");

        claimed.Warnings.Should().Equal($"{name}: job 'a' is running; its {name} cannot change before it has ended");
        running.Warnings.Should().Equal($"{name}: job 'a' is running; its {name} cannot change before it has ended");
        ended.Warnings.Should().Equal($"{name}: job 'a' has ended; its {name} changes only together with state=new");
        restarted.Warnings.Should().BeEmpty();
        node["a"].Spec.Retries.Should().Be(3);
        attribute.IsSame(node["a"], run.Job).Should().BeFalse();
    }

    [Fact]
    public void A_submit_that_meets_an_existing_id_says_so()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var same = node.Submit(A);
        var waiting = node.Submit("{'id':'a','pool':'p1','args':['y'],'tags':['t']}");
        var run = node.Start();
        var running = node.Submit("{'id':'a','pool':'p1','args':['z'],'tags':['u']}");
        node.End(run);

        var ended = node.Submit("{'id':'a','pool':'p1','args':['y'],'tags':['u']}");

        same.Warnings.Should().BeEmpty();
        waiting.Warnings.Should().Equal("id: job 'a' exists and is new; changed: args, tags");
        running.Warnings.Should().Equal(
            "args: job 'a' is running; its args cannot change before it has ended", "id: job 'a' exists and is running; changed: tags");
        ended.Warnings.Should().Equal("id: job 'a' has ended (done) and does not run again; state=new runs it again");
        node["a"].Status.StartCount.Should().Be(1);
    }

    [Fact]
    public void The_record_of_a_run_has_what_ran_even_when_another_node_has_changed_the_job_meanwhile()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','node':'n1','pool':'p1','args':['x'],'retries':1}");
        var first = node.Start();
        var changed = node["a"];
        _ = node.Merge(changed with { Spec = changed.Spec with { Args = ["y"], Tags = ["t"] }, Ts = changed.Ts + 1 });
        node.End(first, rc: 1);
        node.Pass(10);
        var second = node.Start();
        changed = node["a"];
        _ = node.Merge(changed with { Spec = changed.Spec with { Args = ["z"] }, Ts = changed.Ts + 1 });

        node.End(second);

        node.History.Select(job => job.Spec.Args.Single()).Should().Equal("x", "y");
        second.Job.Spec.Args.Should().Equal("y");
        (node["a"].Spec.Args.Single(), node["a"].Spec.Tags.Single()).Should().Be(("y", "t"));
    }

    [Fact]
    public void Attributes_that_a_change_does_not_name_stay()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','pool':'p1','args':['x'],'tags':['t'],'retries':3}");

        var job = node.Accept("{'id':'a','retries':4}");

        (job.Spec.Tags.Single(), job.Spec.Args.Single(), job.Spec.Retries).Should().Be(("t", "x", 4));
    }

    [Fact]
    public void An_invalid_change_is_refused_as_a_whole()
    {
        var node = new TestNode();
        _ = node.Accept(A);
        var before = node["a"];

        var answer = node.Submit("{'id':'a','tags':['t'],'args':[]}");

        answer.Error.Should().StartWith("args");
        node["a"].Should().BeSameAs(before);
    }

    [Fact]
    public void A_change_is_stamped_after_the_job_even_when_the_clock_was_set_back()
    {
        var node = new TestNode();
        var before = node.Accept(A);
        node.Clock.Wall -= 1000;

        var after = node.Accept("{'id':'a','tags':['t']}");

        after.Ts.Should().BeGreaterThan(before.Ts).And.BeLessThan(before.Ts + 0.001);
        after.Seq.Should().BeGreaterThan(before.Seq);
    }

    [Fact]
    public void Clearing_hold_lets_a_job_start()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a','node':'n1','pool':'p1','args':['x'],'hold':true}");
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
        _ = node.TakeEffects();

        _ = node.Accept("{'id':'a','hold':0}");

        node.TakeEffects().Pools.Should().Equal("p1");
        node.Take().Job.Id.Should().Be("a");
    }

    [Fact]
    public void Modify_sets_the_given_attributes_and_checks_nothing()
    {
        var node = new TestNode();
        var job = node.Accept(A);

        var known = node.Core.Modify(job with
        {
            Spec = job.Spec with { Pool = "p9" },
            Status = job.Status with { FailCount = 7, Node = "n9" },
        }, node.Now);

        known.Should().BeTrue();
        (node["a"].Spec.Pool, node["a"].Status.FailCount, node["a"].Status.Node).Should().Be(("p9", 7, "n9"));
        node.Core.Modify(job with { Id = "b" }, node.Now).Should().BeFalse();
    }

    [Fact]
    public void A_job_that_modify_restarts_wins_over_the_copies_that_have_ended()
    {
        var node = new TestNode();
        var ended = node.RunToEnd(A);

        _ = node.Core.Modify(ended with { Status = ended.Status with { State = JobState.New } }, node.Now);

        node.Merge(ended with { Ts = ended.Ts + 1000 }).Should().BeEmpty();
        node["a"].Status.State.Should().Be(JobState.New);
    }

    [Theory]
    [InlineData("{'id':'a','pool':'p1','args':['y'],'tags':['new']}")]
    [InlineData("{'id':'a','state':'new','node':'n2'}")]
    [InlineData("{'id':'a','state':'killed','pool':'','args':{}}")]
    public void A_submit_of_only_new_jobs_leaves_a_known_one_as_it_is(string spec)
    {
        var node = new TestNode();
        var ended = node.RunToEnd(A);
        _ = node.Accept(A.Replace("'a'", "'b'", StringComparison.Ordinal));
        var seq = node.Core.Seq;

        var answers = new[] { "'a'", "'b'" }.Select(id => node.SubmitNew(spec.Replace("'a'", id, StringComparison.Ordinal))).ToList();

        answers.Select(answer => (answer.Error, answer.Warnings.Count)).Should().AllBeEquivalentTo((default(string), 0));
        answers[0].Jobs.Single().Value.Should().BeSameAs(node["a"]).And.Be(ended);
        node.Core.Seq.Should().Be(seq);
    }

    [Fact]
    public void A_submit_of_only_new_jobs_makes_those_that_are_missing()
    {
        var node = new TestNode();
        _ = node.Accept("{'id':'a.n2','node':'n2','pool':'p1','args':['x']}");

        var answer = node.SubmitNew("{'id':'a','node':['n2','n3'],'pool':'p1','args':['y']}");

        answer.Jobs.Select(job => (job.Key, job.Value!.Spec.Args![0])).Should().Equal(("a.n2", "x"), ("a.n3", "y"));
    }
}
