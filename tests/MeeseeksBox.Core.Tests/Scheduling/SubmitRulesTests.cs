using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

/// <summary>New jobs (docs/SPECIFICATION.md#new-jobs).</summary>
public sealed class SubmitRulesTests
{
    private const string Sleep = "'pool':'p1','args':['sleep','9']";

    [Theory]
    [InlineData("{'args':['a']}", "pool")]
    [InlineData("{'pool':'','args':['a']}", "pool")]
    [InlineData("{'pool':'p1'}", "args")]
    [InlineData("{'pool':'p1','args':[]}", "args")]
    [InlineData("{'pool':'p1','args':['']}", "args[0]")]
    [InlineData("{'pool':'p1','args':['a','b\\u0000c']}", "args")]
    [InlineData("{'pool':'p1','args':['a'],'runtime':'soon'}", "runtime")]
    [InlineData("{'pool':'p1','args':['a'],'retries':-1}", "retries")]
    [InlineData("{'pool':'p1','args':['a'],'hold':'maybe'}", "hold")]
    [InlineData("{'pool':'p1','args':{'name':'x'}}", "args")]
    [InlineData("{'pool':'__config','node':'n1','args':['a']}", "args")]
    [InlineData("{'pool':'__config','args':{'a':1}}", "node")]
    public void A_job_without_a_pool_or_with_invalid_values_is_refused_and_nothing_is_changed(string spec, string key)
    {
        var node = new TestNode();

        var answer = node.Submit(spec);

        answer.Error.Should().StartWith(key);
        answer.Jobs.Should().ContainSingle().Which.Value.Should().BeNull();
        (node.Core.Count, node.Core.Seq).Should().Be((0, 0L));
    }

    [Fact]
    public void A_refused_job_is_answered_under_its_id()
    {
        var answer = new TestNode().Submit("{'id':'a'}");

        answer.Jobs.Should().ContainSingle().Which.Key.Should().Be("a");
    }

    [Fact]
    public void The_state_of_a_new_job_is_ignored()
    {
        var node = new TestNode();

        var job = node.Accept($"{{'state':'killed',{Sleep}}}");

        job.Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_job_without_an_id_gets_a_uuid_that_sorts_by_time()
    {
        var node = new TestNode();
        var ids = new List<string>();

        for (var second = 0; second < 50; second++)
        {
            ids.Add(node.Accept($"{{{Sleep}}}").Id);
            node.Clock.Pass(0.001);
        }

        ids.Should().OnlyContain(id => Guid.Parse(id).Version == 7 && Guid.Parse(id).Variant >= 8);
        ids.Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_id_holds_the_time_in_milliseconds()
    {
        var id = Guid.Parse(new TestNode().Accept($"{{{Sleep}}}").Id).ToByteArray(bigEndian: true);

        var milliseconds = id[..6].Aggregate(0L, (sum, part) => (sum << 8) + part);

        milliseconds.Should().Be(1_800_000_000_000);
    }

    [Fact]
    public void Keys_that_submit_does_not_take_are_ignored_and_named_in_warnings()
    {
        var node = new TestNode();

        var answer = node.Submit($"{{'id':'a','colour':'red','rc':7,{Sleep}}}");

        answer.Warnings.Should().HaveCount(2)
            .And.Contain(warning => warning.StartsWith("colour")).And.Contain(warning => warning.StartsWith("rc"));
        (node["a"].Status.Rc, node["a"].Extra).Should().Be((null, null));
    }

    [Fact]
    public void A_job_for_a_named_node_waits_for_it_even_when_it_is_not_known_yet()
    {
        var node = new TestNode();

        var job = node.Accept($"{{'node':'elsewhere',{Sleep}}}");

        (job.Status.Node, job.Status.SubmitNode, job.Status.Active).Should().Be(("elsewhere", "elsewhere", false));
    }

    [Fact]
    public void A_list_of_nodes_makes_one_job_on_each()
    {
        var head = TestNode.Head();

        var answer = head.Submit($"{{'node':['x','y'],{Sleep}}}");

        answer.Jobs.Select(job => job.Value!.Status.Node).Should().Equal("x", "y");
        answer.Jobs.Select(job => job.Key).Should().OnlyHaveUniqueItems().And.OnlyContain(id => Guid.Parse(id).Version == 7);
    }

    [Fact]
    public void The_ids_of_several_jobs_with_an_id_given_end_in_their_node()
    {
        var head = TestNode.Head();

        var answer = head.Submit($"{{'id':'a','node':['x','y'],{Sleep}}}");

        answer.Jobs.Select(job => job.Key).Should().Equal("a.x", "a.y");
    }

    [Fact]
    public void A_pattern_makes_one_job_on_each_matching_node_that_has_the_pool_now()
    {
        var head = TestNode.Head(("n1", 2), ("n2", 0), ("m1", 2));
        head.ReceiveNodes(("n3", Some.Status(0, pool: "p2")));

        var answer = head.Submit($"{{'id':'a','node':'n*',{Sleep}}}");

        answer.Jobs.Select(job => job.Value!.Status.Node).Should().Equal("n1", "n2");
        answer.Jobs.Select(job => job.Key).Should().Equal("a.n1", "a.n2");
    }

    [Fact]
    public void A_star_means_this_node_too()
    {
        var node = new TestNode();
        node.ReceiveNodes(("n2", Some.Status(0)));

        var answer = node.Submit($"{{'node':'*',{Sleep}}}");

        answer.Jobs.Select(job => job.Value!.Status.Node).Should().BeEquivalentTo("n1", "n2");
    }

    [Fact]
    public void A_pattern_that_matches_one_node_keeps_the_id()
    {
        var head = TestNode.Head(("n1", 2));

        var job = head.Accept($"{{'id':'a','node':'n*',{Sleep}}}");

        (job.Id, job.Status.Node, job.Status.SubmitNode).Should().Be(("a", "n1", "n1"));
    }

    [Fact]
    public void A_pattern_without_a_match_is_refused()
    {
        var head = TestNode.Head(("n1", 2));

        var answer = head.Submit($"{{'id':'a','node':'m*',{Sleep}}}");

        answer.Error.Should().Contain("m*").And.Contain("p1");
        head.Core.Count.Should().Be(0);
    }

    [Fact]
    public void A_pattern_for_the_config_pool_means_every_node_online()
    {
        var head = TestNode.Head(("n1", 2));
        head.ReceiveNodes(("n2", Some.Status(0, pool: "p2")));

        var answer = head.Submit("{'pool':'__config','node':'*','args':{'state':{'expire':9}}}");

        answer.Jobs.Select(job => job.Value!.Status.Node).Should().BeEquivalentTo("n1", "n2", "head");
    }

    [Fact]
    public void One_refused_job_of_several_refuses_all()
    {
        var head = TestNode.Head();
        _ = head.Accept($"{{'id':'a.y','node':'y',{Sleep}}}");
        head.Kill("a.y");

        var answer = head.Submit("{'id':'a','node':['x','y'],'pool':'p1','args':[]}");

        answer.Error.Should().StartWith("args");
        head.Core.Count.Should().Be(1);
    }

    [Fact]
    public void The_first_node_that_handles_a_job_is_its_submit_node_when_the_submitter_named_none()
    {
        var head = TestNode.Head(("n1", 2));

        var job = head.Accept($"{{{Sleep}}}");

        (job.Status.Node, job.Status.SubmitNode).Should().Be(("n1", "head"));
    }

    [Fact]
    public void A_new_job_is_stamped_and_counts_nothing()
    {
        var node = new TestNode();

        var job = node.Accept($"{{{Sleep}}}");

        (job.Status.SubmitTs, job.Status.StartCount, job.Status.FailCount, job.Status.StartTs, job.Status.Pid)
            .Should().Be((node.Clock.Wall, 0, 0, null, null));
        job.Spec.Tags.Should().BeEmpty();
    }

    [Fact]
    public void A_node_that_stops_takes_no_new_work()
    {
        var node = new TestNode();

        node.Core.Close();

        var answer = node.Submit($"{{{Sleep}}}");

        answer.Error.Should().Contain("stopping");
        answer.Code.Should().Be(ErrorCode.Stopping, "a client sends the same submit again once the node is back");
    }

    [Theory]
    [InlineData("nosuch", "node: no node 'nosuch' is known; the job waits for it")]
    [InlineData("n2", "node: node 'n2' has no pool 'p9' now; the job waits for it")]
    public void A_job_for_a_node_that_cannot_run_it_now_waits_and_is_named(string name, string warning)
    {
        var head = TestNode.Head(("n2", 1));

        var answer = head.Submit($"{{'id':'a','pool':'p9','node':'{name}','args':['x']}}");

        answer.Warnings.Should().Equal(warning);
        head["a"].Status.Node.Should().Be(name);
        head.Submit("{'id':'b','pool':'p1','node':'n2','args':['x']}").Warnings.Should().BeEmpty();
        head.Submit("{'id':'a','tags':['t']}").Warnings.Should().Equal(warning);
    }

    [Theory]
    [InlineData("n1", "p9", "node: node 'n1' has no pool 'p9' now; the job waits for it")]
    [InlineData("n1", "drained", "node: pool 'drained' of node 'n1' is draining now; the job waits for it")]
    [InlineData("n2", "p1", "node: node 'n2' is offline now; the job waits for it")]
    [InlineData("n2", "__config", "node: node 'n2' is offline now; the job waits for it")]
    [InlineData("n3", "p1", "node: pool 'p1' of node 'n3' is draining now; the job waits for it")]
    [InlineData(null, "drained", "pool: pool 'drained' is draining on all nodes now; the job waits for it")]
    public void A_job_for_an_offline_node_or_a_draining_pool_is_named_also_after_a_change(string? name, string pool, string warning)
    {
        var node = new TestNode(Some.Node().WithPool("drained", new PoolSettings { Slots = -1 }));
        node.ReceiveNodes(("n2", Some.Status(0) with { Online = false }), ("n3", Some.Status(0, slots: -1)));
        var target = name is null ? "" : $"'node':'{name}',";
        var args = pool is "__config" ? "{}" : "['x']";

        node.Submit($"{{'id':'a','pool':'{pool}',{target}'args':{args}}}").Warnings.Should().Equal(warning);
        node.Submit("{'id':'a','tags':['t']}").Warnings.Should().Equal(warning);
        _ = node.Kill("a");
        node.Submit("{'id':'a','tags':['u']}").Warnings.Should().BeEmpty("it does not wait");
    }

    [Fact]
    public void A_pool_that_drains_on_one_node_only_is_not_named()
    {
        var node = new TestNode(Some.Node());
        node.ReceiveNodes(("n2", Some.Status(0, slots: -1)));

        node.Submit($"{{{Sleep}}}").Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("'CWD':'/'", "config.CWD: not a key for processes, which ignore it; did you mean cwd?")]
    [InlineData("'environment':{}", "config.environment: not a key for processes, which ignore it; did you mean env?")]
    [InlineData("'shell':'yes'", "config.shell: 'yes' is not true or false, and processes ignore it")]
    [InlineData("'env':'X=1'", "config.env: 'X=1' is not an object of texts, like {\"A\":\"1\"}, and processes ignore it")]
    [InlineData("'cwd':['/']", "config.cwd: [\"/\"] is not a path, and processes ignore it")]
    public void A_mistake_in_config_is_named(string setting, string warning)
    {
        var answer = new TestNode().Submit($"{{'pool':'p1','args':['x'],'config':{{{setting}}}}}");

        (answer.Error, answer.Warnings.Single()).Should().Be((null, warning));
    }

    [Theory]
    [InlineData("'cwd':'/','env':{'A':1},'shell':true")]
    [InlineData("'shell':'1','env':null,'cwd':null")]
    [InlineData("'shell':0,'command':'x','end':1,'anything':[1]")]
    public void Any_other_config_is_taken_without_a_warning(string settings)
    {
        new TestNode().Submit($"{{'pool':'p1','args':['x'],'config':{{{settings}}}}}").Warnings.Should().BeEmpty();
    }
}
