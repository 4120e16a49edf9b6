using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Scheduling;

// docs/SPECIFICATION.md#adoption
public sealed class AdoptionTests
{
    private const int Pid = 99;

    private readonly TestNode _former = new();

    [Fact]
    public void A_run_whose_start_was_recorded_goes_on_with_its_slot()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        var known = FormerRun.Of(_former.Take()) with { Pid = Pid, StartTs = 7, Age = 5 };
        _former.Core.Started(_former.Core.Runs.Single(), Pid, _former.Now, 7);

        var (node, run) = Adopted(known);

        run.Should().NotBeNull();
        (node["a"].Status.State, node["a"].Status.StartCount, node["a"].Status.Pid).Should().Be((JobState.Running, 1, Pid));
        node.Core.Runs.Should().ContainSingle();
        node.End(run!, 3);
        (node["a"].Status.State, node["a"].Status.Rc).Should().Be((JobState.Failed, 3));
    }

    [Fact]
    public void A_run_whose_start_was_not_recorded_is_started_once()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        var known = FormerRun.Of(_former.Take()) with { Pid = Pid, StartTs = 7, Age = 5 };

        var (node, run) = Adopted(known);
        node.Core.Started(run!, Pid, node.Now);

        (node["a"].Status.State, node["a"].Status.StartCount, node["a"].Status.StartTs).Should().Be((JobState.Running, 1, 7));
        node.Core.ClaimNext("p1", node.Now).Should().BeNull();
    }

    [Fact]
    public void A_run_that_is_yet_to_start_is_waited_for()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        var known = FormerRun.Of(_former.Take());

        var (node, run) = Adopted(known);
        var before = node["a"].Status.State;
        node.Core.Started(run!, Pid, node.Now);

        before.Should().Be(JobState.New);
        (node["a"].Status.State, node["a"].Status.Pid).Should().Be((JobState.Running, Pid));
    }

    [Fact]
    public void A_time_limit_counts_from_the_start_of_the_process()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"],"runtime":10}""");
        var known = FormerRun.Of(_former.Start()) with { Pid = Pid, StartTs = 7, Age = 8 };

        var (node, run) = Adopted(known with { StartCount = 0 });
        node.Pass(1.9);
        var early = run!.Stop;
        node.Pass(0.2);

        (early, run.Stop).Should().Be((StopReason.None, StopReason.Overdue));
    }

    [Fact]
    public void A_kill_that_was_recorded_is_carried_out()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        var known = FormerRun.Of(_former.Take()) with { Pid = Pid };
        _ = _former.Kill("a");

        var (node, run) = Adopted(known);

        run!.Stop.Should().Be(StopReason.Killed);
        node.End(run, -9);
        node["a"].Status.State.Should().Be(JobState.Killed);
    }

    [Fact]
    public void An_end_meanwhile_has_its_own_time()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        var known = FormerRun.Of(_former.Start()) with { Pid = Pid, StartCount = 0 };
        var (node, run) = Adopted(known);

        node.Core.Ended(run!, new RunResult(true, 0, EndTs: 42), node.Now);

        node["a"].Status.EndTs.Should().Be(42);
    }

    [Fact]
    public void A_limit_does_not_count_after_the_end()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"],"runtime":10}""");
        var known = FormerRun.Of(_former.Start()) with { Pid = Pid, StartCount = 0, Age = 100, HasEnded = true };
        var (node, run) = Adopted(known);

        node.Pass(1);
        node.End(run!);

        node["a"].Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public void A_run_that_was_ended_over_its_limit_meanwhile_has_failed()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"],"runtime":10}""");
        var known = FormerRun.Of(_former.Start()) with { Pid = Pid, StartCount = 0, IsOverdue = true };
        var (node, run) = Adopted(known);

        node.End(run!, -9);

        node["a"].Status.Error.Should().Be("exceeded runtime of 10 s");
    }

    [Theory]
    [InlineData("another epoch")]
    [InlineData("another submit")]
    [InlineData("an earlier run")]
    [InlineData("an ended job")]
    [InlineData("an unknown job")]
    public void Any_other_run_is_not_taken_over(string why)
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        var run = _former.Start();
        var known = FormerRun.Of(run) with { Pid = Pid, StartCount = 0 };
        if (why is "an ended job")
            _former.End(run);

        var (node, adopted) = Adopted(why switch
        {
            "another epoch" => known with { Epoch = 1 },
            "another submit" => known with { SubmitTs = known.SubmitTs - 1 },
            "an earlier run" => known with { StartCount = -1 },
            "an unknown job" => known with { Job = "b" },
            _ => known,
        });

        adopted.Should().BeNull();
        node.Core.Runs.Should().BeEmpty();
    }

    [Fact]
    public void A_job_whose_run_is_not_there_has_crashed()
    {
        _ = _former.Accept("""{"id":"a","pool":"p1","args":["x"]}""");
        _ = _former.Start();

        var (node, _) = Adopted(null);

        node["a"].Status.Error.Should().Be("crashed");
    }

    // The next instance of the node, with the jobs of the former one.
    private (TestNode Node, Run? Run) Adopted(FormerRun? known)
    {
        var node = new TestNode(clock: _former.Clock);
        node.Core.Load(_former.Core.Snapshot(), node.Now);
        var run = known is null ? null : node.Core.Adopt(known, node.Now);
        node.Core.Resume(node.Now);
        return (node, run);
    }
}
