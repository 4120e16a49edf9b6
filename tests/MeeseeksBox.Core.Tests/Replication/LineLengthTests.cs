using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Replication;

/// <summary>A peer that accepts only short lines (docs/SPECIFICATION.md#line-size).</summary>
public sealed class LineLengthTests
{
    private const long Limit = 20_000;
    private const string TooLong = "node 'n1' accepts no line as long as job 'long' needs; raise its listen.max_request";

    private readonly TestNode _head = new(Some.Head());
    private readonly DownstreamSession _session;

    public LineLengthTests()
    {
        _session = new DownstreamSession(_head.Peer("n1"), new LinkTiming(Refresh: 1, Poll: 10, Timeout: 3, 1000), new Random(1));
        _session.Connect(_head.Now);
        _ = Advance();
        _ = Advance(Reply());
    }

    private static string Text(int length, char letter = 'x') => new(letter, length);

    [Theory]
    [InlineData('x')]
    [InlineData('é')]
    [InlineData('"')]
    [InlineData('\u0001')]
    public void Jobs_that_are_too_runningtogether_come_in_several_lines_none_of_which_is_too_long(char letter)
    {
        var ids = Enumerable.Range(1, 20).Select(number => $"j{number}").ToArray();
        foreach (var id in ids)
            Submit(id, Text(1300, letter));

        List<string> sent = [];
        for (var lines = Advance(); lines.Any(line => line.Jobs is [_, ..]); lines = Advance(Reply() with { Nodes = null }))
        {
            foreach (var line in lines.Where(line => line.Jobs is [_, ..]))
            {
                LengthOf(line).Should().BeLessThan(Limit);
                sent.AddRange(line.Jobs!.Select(job => job.Id));
            }

            if (sent.Count < 2)
                lines.Single().Jobs!.Count.Should().BeGreaterThan(1);
        }

        sent.Should().Equal(ids);
    }

    [Fact]
    public void A_job_that_is_too_runningby_itself_fails_with_the_reason_and_those_behind_it_go_on()
    {
        Submit("long", Text(30_000)).Should().Equal($"node: {TooLong}");
        Submit("next", "x").Should().BeEmpty();

        IdsOf(Advance()).Should().Equal("next");

        var status = _head["long"].Status;
        (status.State, status.Active, status.FailCount, status.Error).Should().Be((JobState.Failed, false, 1, TooLong));
        _ = _head.Merge();
        _head.History.Should().ContainSingle().Which.Id.Should().Be("long");
    }

    [Fact]
    public void A_kill_reaches_a_job_that_is_too_runningby_its_output()
    {
        var output = Text(40_000, 'A');
        _ = Advance(Reply(Running("a", $"'state':'new','restart':true,'start_count':1,'end_ts':3,'stdout_data':'{output}'")));
        _ = _head.Kill("a");

        var copy = JobIn(Advance());

        (copy.Status.State, copy.Status.Active, copy.Status.StdoutData, copy.Status.StdoutTruncated)
            .Should().Be((JobState.Killed, true, null, true));
        copy.Spec.Restart.Should().BeTrue();
        _head["a"].Status.StdoutData.Should().HaveLength(40_000);
    }

    [Fact]
    public void A_kill_reaches_a_job_that_is_too_runningby_a_change()
    {
        _ = Advance(Reply(Running("a")));
        _ = _head.Accept($"{{'id':'a','tags':['{Text(30_000)}']}}");
        IdsOf(Advance()).Should().BeEmpty("the change cannot be sent");
        _ = _head.Kill("a");

        var copy = JobIn(Advance());

        (copy.Status.State, copy.Spec.Pool, copy.Spec.Args.Length, copy.Spec.Tags.Length).Should().Be((JobState.Killed, "", 0, 0));
        var node = new TestNode();
        node.Merge(Running("a", "'state':'new'"));
        var run = node.Start();
        node.Merge(copy).Should().Equal("a");
        (node["a"].Status.State, run.Stop, node["a"].Spec.Args.Single()).Should().Be((JobState.Killed, Runs.StopReason.Killed, "x"));
    }

    [Fact]
    public void A_killed_job_that_never_reached_its_node_ends_when_it_is_too_long()
    {
        _ = _session.Disconnect(_head.Now);
        Submit("long", Text(30_000));
        _ = _head.Kill("long");
        _head["long"].Status.Active.Should().BeTrue();

        _session.Connect(_head.Now);
        _ = Advance();
        IdsOf(Advance(Reply())).Should().BeEmpty();

        (_head["long"].Status.State, _head["long"].HasEnded, _head["long"].Status.Error).Should().Be((JobState.Killed, true, null));
    }

    [Fact]
    public void A_copy_without_its_spec_and_outputs_takes_both_from_the_local_copy()
    {
        var above = TestNode.Head(("n1", 2));
        var done = Running("a", "'state':'done','active':false,'start_count':1,'end_ts':7,'stdout_data':'aGk=','rc':0,'tags':['t']");
        above.Merge(done);

        above.Merge(done with { Ts = 20, Spec = JobSpec.Empty, Status = done.Status.WithoutOutputs() }).Should().Equal("a");

        var job = above["a"];
        (job.Ts, job.Spec.Args.Single(), job.Spec.Tags.Single(), job.Status.StdoutData, job.Status.StdoutTruncated)
            .Should().Be((20, "x", "t", "aGk=", null));
    }

    [Fact]
    public void A_change_of_a_runningjob_is_sent_without_the_rest_of_its_spec()
    {
        var running = Running("a", "'state':'running','start_count':1,'env':{'A':'" + Text(30_000) + "'}");
        var node = new TestNode();
        node.Merge(running with { Status = running.Status with { State = JobState.New, StartCount = 0 } });
        _ = node.Start();
        _ = Advance(Reply(node["a"]));
        _ = _head.Accept("{'id':'a','tags':['t'],'restart':true}");

        var copy = JobIn(Advance());
        node.Merge(copy).Should().Equal("a");

        (copy.Spec.Env, copy.Spec.Args.Length).Should().Be((null, 0));
        (node["a"].Spec.Tags.Single(), node["a"].Spec.Restart, node["a"].Spec.Args.Single(), node["a"].Spec.Env!.Count)
            .Should().Be(("t", true, "x", 1));
        _ = Advance(Reply());
        _ = Advance(Reply(node["a"]));
        IdsOf(Advance(Reply())).Should().BeEmpty("both agree");
    }

    [Fact]
    public void A_change_that_was_too_runningwhen_the_job_was_killed_is_sent_once_the_peer_accepts_it()
    {
        _ = Advance(Reply(Running("a")));
        _ = _head.Accept($"{{'id':'a','tags':['{Text(30_000)}']}}");
        _ = _head.Kill("a");
        _ = JobIn(Advance());
        _ = Advance(Reply());
        IdsOf(Advance(Reply())).Should().BeEmpty();

        JobIn(Advance(Reply() with { Nodes = Nodes(Status(100_000)) })).Spec.Tags.Should().ContainSingle();
    }

    [Theory]
    [InlineData("p1")]
    [InlineData("__config")]
    [InlineData("")]
    public void A_node_below_does_not_run_a_configuration_again(string pool)
    {
        var node = new TestNode();
        var done = Some.Job(
            "{'id':'c','pool':'__config','args':{'x':1},'node':'n1','submit_ts':1,'state':'done','start_count':1,'end_ts':3,'ts':5}");
        node.Load(done);
        var again = done with
        {
            Ts = 9e9,
            Spec = new JobSpec { Pool = pool },
            Status = done.Status with { State = JobState.New, RestartedAt = 5, EndTs = null },
        };

        _ = node.Core.MergeReply(node.Peer("below"), new PeerReply { Jobs = [again], Seq = 1 }, node.Now);

        // A copy of another pool is another job.
        (node["c"].IsLive && node["c"].Spec.Pool is "__config").Should().BeFalse();
    }

    [Fact]
    public void A_restart_with_a_spec_that_is_too_runningfails_and_does_not_run_with_the_spec_before()
    {
        _ = Advance(Reply(Running("long", "'state':'done','active':false,'start_count':1,'end_ts':7")));
        _ = _head.Accept($"{{'id':'long','state':'new','node':'n1','args':['{Text(30_000)}']}}");

        var copy = JobIn(Advance());

        (copy.Status.State, copy.Status.Node, copy.Status.Error, copy.Spec.Args.Length).Should().Be((JobState.Failed, "head", TooLong, 0));
    }

    [Fact]
    public void A_job_that_the_peer_may_have_started_does_not_fail_when_its_change_is_too_long()
    {
        _ = _head.Accept("{'id':'a','pool':'p1','args':['x'],'node':'n1'}");
        IdsOf(Advance()).Should().Equal("a");
        _ = Advance(Reply());
        _ = _head.Accept($"{{'id':'a','tags':['{Text(30_000)}']}}");

        IdsOf(Advance(new PeerReply())).Should().BeEmpty();

        _head["a"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_job_whose_node_is_reached_over_another_peer_does_not_fail()
    {
        _head.ReceiveNodes("other", ("n1", Status(null)));
        Submit("long", Text(30_000));

        IdsOf(Advance()).Should().BeEmpty();

        _head["long"].Status.State.Should().Be(JobState.New);
    }

    [Fact]
    public void A_change_is_sent_as_soon_as_the_peer_accepts_longer_lines()
    {
        _ = Advance(Reply(Running("a")));
        _ = _head.Accept($"{{'id':'a','tags':['{Text(30_000)}']}}");
        IdsOf(Advance()).Should().BeEmpty();

        IdsOf(Advance(Reply() with { Nodes = Nodes(Status(100_000)) })).Should().Equal("a");
    }

    [Fact]
    public void A_peer_that_does_not_say_its_limit_gets_lines_of_four_megabytes()
    {
        _ = Advance(Reply() with { Nodes = Nodes(Status(null)) });
        Submit("a", Text(3_000_000));
        Submit("b", Text(30_000));
        Submit("c", Text(3_000_000));

        IdsOf(Advance()).Should().Equal("a", "b");
        _head["c"].IsLive.Should().BeTrue();
    }

    [Fact]
    public void A_peer_that_accepts_no_line_of_a_link_is_a_misconfiguration()
    {
        var failure = _session.Advance(_head.Core, Reply() with { Nodes = Nodes(Status(100)) }, _head.Now).Failure;

        failure!.IsMisconfiguration.Should().BeTrue();
        failure.Reason.Should().Be("the node accepts lines of up to 100 bytes, and a link needs 1024; raise its listen.max_request");
    }

    [Fact]
    public void The_limit_of_a_peer_with_another_name_counts()
    {
        var status = Status(100) with { Instance = "n1.1" };

        _session.Advance(_head.Core, Reply() with { Nodes = new Dictionary<string, NodeStatus> { ["other"] = status } }, _head.Now)
            .Failure.Should().NotBeNull();
    }

    [Fact]
    public void A_job_is_placed_on_a_node_that_accepts_it_and_those_behind_it_do_not_wait()
    {
        var head = new TestNode(Some.Head());
        head.ReceiveNodes(("n1", Status(Limit, 5)), ("n2", Status(100_000, 1)), ("n3", Status(Limit, 5)));
        for (var i = 0; i < 3; i++)
            head.Accept($"{{'id':'long{i}','pool':'p1','args':['{Text(30_000)}']}}").Status.Node.Should().Be("n2");

        head.Accept("{'id':'short','pool':'p1','args':['x']}").Status.Node.Should().BeOneOf("n1", "n3");
    }

    [Fact]
    public void A_job_that_no_node_accepts_fails_with_the_reason()
    {
        var head = new TestNode(Some.Head());
        head.ReceiveNodes(("n1", Status(Limit, 5)));

        var job = head.Accept($"{{'id':'a','pool':'p1','args':['{Text(30_000)}']}}");

        (job.Status.State, job.Status.Error).Should().Be((JobState.Failed,
            "no online node with a pool 'p1' accepts a line as long as job 'a' needs; raise a listen.max_request"));
    }

    [Fact]
    public void The_status_of_a_node_reports_its_limit_and_a_change_of_it_at_once()
    {
        var node = new TestNode(Some.Node() with { MaxRequest = 5000 });
        var seq = node.Core.Nodes.SignificantSeq;

        node.Apply(Some.Node() with { MaxRequest = 6000 });

        node.Core.OwnStatus(node.Now).MaxRequest.Should().Be(6000);
        node.Core.Nodes.SignificantSeq.Should().BeGreaterThan(seq);
    }

    private static Job Running(string id, string keys = "'state':'running','start_count':1") => Some.Job($$"""
        {'id':'{{id}}','pool':'p1','args':['x'],'node':'n1','active':true,'ts':5,'submit_ts':1,'seq':6,{{keys}}}
        """);

    private static NodeStatus Status(long? limit, int slots = 2) => Some.Status(0, slots) with { MaxRequest = limit };

    private static Dictionary<string, NodeStatus> Nodes(NodeStatus status) => new() { ["n1"] = status };

    private static PeerReply Reply(params IReadOnlyList<Job> jobs) => new()
    {
        Jobs = jobs,
        Seq = 6,
        Instance = "n1.1",
        Nodes = Nodes(Status(Limit)),
        NodesSeq = 1,
        NodesGone = [],
    };

    private static IEnumerable<string> IdsOf(IEnumerable<PeerMessage> messages) =>
        messages.SelectMany(message => message.Jobs ?? []).Select(job => job.Id);

    private static Job JobIn(IEnumerable<PeerMessage> messages) =>
        messages.SelectMany(message => message.Jobs ?? []).Should().ContainSingle().Subject;

    private static long LengthOf(PeerMessage message) =>
        200 + message.Jobs!.Sum(job => JobAttributes.LineOf(job).Length + job.Id.Length + 4);

    private IReadOnlyList<string> Submit(string id, string text) =>
        _head.Core.Submit(SubmitArgument.Read(System.Text.Json.JsonSerializer.SerializeToElement(
            new { id, pool = "p1", args = new[] { text }, node = "n1" })), _head.Now).Warnings;

    private IReadOnlyList<PeerMessage> Advance(PeerReply? reply = null)
    {
        var step = _session.Advance(_head.Core, reply, _head.Now);
        step.Failure.Should().BeNull();
        return step.Messages;
    }
}
