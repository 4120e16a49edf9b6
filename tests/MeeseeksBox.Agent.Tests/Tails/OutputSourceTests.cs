using System.Text;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Tails;

/// <summary>The output of a job is read where it is (docs/SPECIFICATION.md#tail).</summary>
public sealed class OutputSourceTests : IDisposable
{
    private const string Here = "here";
    private static readonly string[] Tail = [NodeStatus.WaitCapability, NodeStatus.TailCapability];
    private static readonly string[] NoTail = [NodeStatus.WaitCapability];
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private readonly LiveOutputs _live = new();
    private readonly FakeRelay _relay = new();
    private readonly TaskCompletionSource _interruption = new();
    private readonly CoreHost _host;
    private readonly OutputSource _source;

    public OutputSourceTests()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p"] = new() };
        _host = new CoreHost(new NodeSettings { Name = Here, Pools = pools }, NoOutputs.Store, TimeProvider.System, _ => { });
        _source = new OutputSource(_host, _live, _relay, TimeProvider.System);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task An_ended_job_is_read_from_its_record_in_parts()
    {
        var printed = new string('x', OutputPart.MostBytes) + "end\n";
        Put(Ended(printed));

        var first = await ReadAsync();
        var second = await ReadAsync(first.Offset, run: first.Run);

        Text(first).Should().Be(printed[..OutputPart.MostBytes]);
        first.HasEnded.Should().BeFalse();
        Text(second).Should().Be("end\n");
        (second.HasEnded, second.Offset, second.Run).Should().Be((true, printed.Length, 1));
        Text(await ReadAsync(-4)).Should().Be("end\n");
        (await ReadAsync(second.Offset, wait: Long)).Should().BeEquivalentTo(new { HasEnded = true, IsEmpty = false, second.Offset });
    }

    [Fact]
    public async Task The_gap_of_a_longer_output_is_counted()
    {
        Put(Ended("abcxyz") is var job
            ? job with { Status = job.Status with { StdoutTruncated = true, StdoutSize = 1000 } }
            : job);

        var first = await ReadAsync();
        var second = await ReadAsync(first.Offset);

        (Text(first), first.Missing, first.HasEnded).Should().Be(("abc", 0L, false));
        (Text(second), second.Missing, second.Offset, second.HasEnded).Should().Be(("xyz", 994L, 1000L, true));
    }

    [Fact]
    public async Task A_running_job_is_read_as_it_prints()
    {
        Put(Running());
        var output = new FakeOutput();
        using var run = _live.Add("a", output);

        var nothing = await ReadAsync();
        var waiting = ReadAsync(wait: Long);
        output.Print("one\n");
        var first = await waiting;
        var further = ReadAsync(first.Offset, run: first.Run, wait: Long);
        output.Print("two\n");

        (nothing.IsEmpty, nothing.Offset, nothing.IsLate).Should().Be((true, 0L, false));
        (Text(first), first.Offset, first.HasEnded).Should().Be(("one\n", 4L, false));
        Text(await further).Should().Be("two\n");
        Text(await ReadAsync(-6)).Should().Be("e\ntwo\n");
    }

    [Fact]
    public async Task A_running_job_whose_beginning_was_dropped_is_read_from_the_first_kept_byte()
    {
        Put(Running());
        var output = new FakeOutput { Dropped = 3 };
        output.Print("abcdef");
        using var run = _live.Add("a", output);

        var part = await ReadAsync(1);

        (Text(part), part.Missing, part.Offset).Should().Be(("def", 2L, 6L));
    }

    [Fact]
    public async Task The_rest_of_a_job_that_ends_comes_from_its_record()
    {
        Put(Running());
        var output = new FakeOutput();
        output.Print("one\n");
        var run = _live.Add("a", output);
        var first = await ReadAsync();

        var waiting = ReadAsync(first.Offset, run: first.Run, wait: Long);
        Put(Ended("one\ntwo\n"));
        run.Dispose();
        var rest = await waiting;

        (Text(rest), rest.HasEnded).Should().Be(("two\n", true));
    }

    [Fact]
    public async Task Another_run_is_read_from_its_beginning()
    {
        var again = Running();
        Put(again with { Status = again.Status with { StartCount = 2 } });
        var output = new FakeOutput();
        output.Print("second");
        using var run = _live.Add("a", output);

        var part = await ReadAsync(offset: 500, run: 1);

        (Text(part), part.Run, part.Offset, part.Missing).Should().Be(("second", 2, 6L, 0L));
    }

    [Fact]
    public async Task An_interruption_and_the_end_of_the_time_end_the_wait_without_output()
    {
        Put(Running());
        using var run = _live.Add("a", new FakeOutput());

        var interrupted = ReadAsync(wait: Long);
        _interruption.SetResult();

        (await interrupted).IsEmpty.Should().BeTrue();
        var over = await _source.ReadAsync(Request(0), TimeSpan.FromMilliseconds(1), new TaskCompletionSource().Task, Stop);
        over.Value!.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task A_waiting_job_holds_the_answer_until_it_prints()
    {
        var job = Running();
        Put(job with { Status = job.Status with { State = JobState.New, StartCount = 0 } });
        var output = new FakeOutput();
        output.Print("x");

        var waiting = ReadAsync(wait: Long);
        using var run = _live.Add("a", output);
        waiting.IsCompleted.Should().BeFalse();
        Put(Running());

        (await waiting).Should().BeEquivalentTo(new { Run = 1, Offset = 1L });
    }

    [Fact]
    public async Task A_plugin_has_no_output_before_its_end()
    {
        Put(Running());

        var late = await ReadAsync();
        var waiting = ReadAsync(wait: Long);
        Put(Ended("done"));

        (late.IsEmpty, late.IsLate).Should().Be((true, true));
        Text(await waiting).Should().Be("done");
    }

    [Fact]
    public async Task Errors_name_the_reason()
    {
        var file = Running();
        Put(file with { Id = "file", Spec = file.Spec with { Stdout = "log", Cwd = "/tmp" } });
        Put(Ended("") is var ended ? ended with { Id = "odd", Status = ended.Status with { StdoutData = "?" } } : ended);
        Put(Running() with { Id = "broken" });
        var output = new FakeOutput { Problem = "the disk is gone" };
        output.Print("x");
        using var run = _live.Add("broken", output);
        Put(On("elsewhere") with { Id = "far" });

        (await ProblemAsync("nosuch")).Should().Be("there is no job 'nosuch'; it may have ended and expired");
        (await ProblemAsync("file")).Should().Be("job 'file' prints its stdout to /tmp/log on node 'here'; no node keeps it");
        (await ProblemAsync("odd")).Should().Be("the stdout_data of job 'odd' is not base64");
        (await ProblemAsync("broken")).Should().Be("stdout of job 'broken' cannot be read: the disk is gone");
        (await ProblemAsync("far")).Should().Be("job 'far' is on node 'elsewhere', which this node does not reach");
    }

    [Fact]
    public async Task A_job_on_another_node_is_read_through_the_peer_that_reported_the_node_last()
    {
        Link("head1", ("head1", Tail), ("node", Tail));
        Link("head2", ("head2", Tail), ("node", Tail));
        Put(On("node"));
        _relay.Answer = (peer, request, _) => Answer(new OutputPart { Data = Bytes("x"), Offset = request.Offset + 1, Run = 1 });

        var part = await ReadAsync(6, wait: Long);

        (Text(part), part.Offset).Should().Be(("x", 7L));
        _relay.Asked.Should().ContainSingle().Which.Peer.Should().Be("head2");
        _relay.Asked[0].Wait.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Another_peer_is_asked_when_the_first_fails()
    {
        Link("head1", ("head1", Tail), ("node", Tail));
        Link("head2", ("head2", Tail), ("node", Tail));
        Put(On("node"));
        _relay.Answer = (peer, _, _) => peer is "head2"
            ? throw new IOException("it is down")
            : Answer(new OutputPart { Data = Bytes("x"), Offset = 1 });

        Text(await ReadAsync(wait: Long)).Should().Be("x");

        _relay.Answer = (peer, _, _) => peer is "head2" ? throw new IOException("it is down") : Answer(new Error("head1 does not know it"));
        (await ProblemAsync("a")).Should().Be("node 'head2' cannot be asked for the output of job 'a': it is down");
    }

    [Fact]
    public async Task A_relay_is_asked_again_while_nothing_is_printed()
    {
        Link("node", ("node", Tail));
        Put(On("node"));
        var time = new FakeTimeProvider();
        var source = new OutputSource(_host, _live, _relay, time);
        var asked = 0;
        _relay.Answer = (_, request, _) =>
        {
            if (asked++ > 0)
                return Answer(new OutputPart { Data = Bytes("late"), Offset = request.Offset + 4, Run = 1 });

            time.Advance(TimeSpan.FromSeconds(10));
            return Answer(new OutputPart { Offset = 77, Run = 1 });
        };

        var part = await source.ReadAsync(Request(-5), Long, _interruption.Task, Stop);

        part.Value!.Offset.Should().Be(81);
        _relay.Asked[1].Request.Should().Be(Request(77) with { Run = 1 });
    }

    [Fact]
    public async Task The_next_line_of_the_client_interrupts_the_peer()
    {
        Link("node", ("node", Tail));
        Put(On("node"));
        _relay.Answer = async (_, _, interruption) =>
        {
            await interruption;
            return new OutputPart { Offset = 5, Run = 1 };
        };

        var waiting = ReadAsync(wait: Long);
        waiting.IsCompleted.Should().BeFalse();
        _interruption.SetResult();

        (await waiting).Offset.Should().Be(5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_behind_a_node_without_the_capability_comes_at_the_end(bool ofPeer)
    {
        Link("head", ("head", ofPeer ? NoTail : Tail), ("node", ofPeer ? Tail : NoTail));
        Put(On("node"));

        var late = await ReadAsync();
        var waiting = ReadAsync(wait: Long);
        var ended = Ended("all");
        Put(ended with { Status = ended.Status with { Node = "node" } });

        (late.IsEmpty, late.IsLate).Should().Be((true, true));
        (await waiting).Should().BeEquivalentTo(new { HasEnded = true, Offset = 3L });
        _relay.Asked.Should().BeEmpty();
    }

    [Fact]
    public async Task A_job_on_an_offline_node_holds_the_answer_until_the_node_is_back()
    {
        var peer = Link("node", ("node", Tail));
        Put(On("node"));
        Report(peer, isOnline: false, ("node", Tail));
        _relay.Answer = (_, _, _) => Answer(new OutputPart { Data = Bytes("back"), Offset = 4, Run = 1 });

        (await ProblemAsync("a")).Should().Be("job 'a' is on node 'node', which is offline");
        var waiting = ReadAsync(wait: Long);
        waiting.IsCompleted.Should().BeFalse();
        Report(peer, isOnline: true, ("node", Tail));

        Text(await waiting).Should().Be("back");
    }

    private static Job Running() => On(Here);

    private static Job On(string node) => new()
    {
        Id = "a",
        Spec = new() { Pool = "p", Args = ["x"] },
        Status = new() { Node = node, SubmitNode = node, State = JobState.Running, Active = true, StartCount = 1 },
    };

    private static Job Ended(string printed) => Running() is var job
        ? job with
        {
            Status = job.Status with
            {
                State = JobState.Done,
                Active = false,
                StdoutData = Convert.ToBase64String(Encoding.UTF8.GetBytes(printed)),
            },
        }
        : job;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(OutputPart part) => Encoding.UTF8.GetString(part.Data.Span);

    private static Task<Result<OutputPart>> Answer(Result<OutputPart> answer) => Task.FromResult(answer);

    private static TailRequest Request(long offset, int? run = null) => new("a", OutputStream.Stdout, offset, run);

    private async Task<OutputPart> ReadAsync(long offset = 0, int? run = null, TimeSpan wait = default)
    {
        var read = await _source.ReadAsync(Request(offset, run), wait, _interruption.Task, Stop);
        read.Problem.Should().BeNull();
        return read.Value!;
    }

    private async Task<string?> ProblemAsync(string id) =>
        (await _source.ReadAsync(Request(0) with { Id = id }, TimeSpan.Zero, _interruption.Task, Stop)).Problem;

    private void Put(Job job) => _host.Execute((core, now) =>
    {
        if (core.Find(job.Id) is null)
            core.Load([job with { Ts = now.Wall }], now);
        else
            _ = core.Modify(job, now);
    });

    private Peer Link(string name, params (string Name, string[] Caps)[] nodes)
    {
        var peer = _host.Execute((core, now) => core.AddPeer(name, now));
        Report(peer, isOnline: true, nodes);
        return peer;
    }

    private void Report(Peer peer, bool isOnline, params (string Name, string[] Caps)[] nodes) => _host.Execute((core, now) =>
        core.MergeReply(
            peer,
            new PeerReply
            {
                Nodes = nodes.ToDictionary(
                    node => node.Name,
                    node => new NodeStatus { Online = isOnline, Ts = now.Wall, Ver = "9", Caps = node.Caps, Routing = [node.Name] }),
                Jobs = [],
                Seq = 0,
                NodesSeq = 1,
            },
            now));
}
