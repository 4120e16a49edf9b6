using System.Text.Json;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;
using MeeseeksBox.Simulation.Checks;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Tests;

/// <summary>The checks of the simulator detect violations.</summary>
public sealed class AccountTests
{
    private readonly World _world = new(1, new LinkTiming(1, 10, 10), new Wire(isText: true), new Journal(true));

    private Box Head { get; }

    private Box Node { get; }

    private Invariants Invariants { get; }

    public AccountTests()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p1"] = new() { Slots = 1 } };
        Head = _world.Add(new BoxPlan(new NodeSettings { Name = "head" }, ["n1"]), 0);
        Node = _world.Add(new BoxPlan(new NodeSettings { Name = "n1", Pools = pools }, []), 0);
        Invariants = new Invariants(_world);
        Head.Start();
        Node.Start();
        _world.Agenda.Pass(5);
    }

    private static void Submit(Box box, string keys)
    {
        using var document = JsonDocument.Parse($$"""{"pool":"p1","args":["work","3","done"],{{keys}}}""");
        var spec = SubmitArgument.Read(document.RootElement);
        box.Do(Turn.Own, (core, now) => core.Submit(spec, now)).Error.Should().BeNull();
    }

    [Fact]
    public void A_healthy_cluster_has_no_violations()
    {
        Submit(Head, "\"id\":\"a\"");
        _world.Agenda.Pass(10);

        Invariants.CheckEnds();
        Invariants.CheckAgreement();
        Invariants.CheckNodes();

        Invariants.AllHaveEnded.Should().BeTrue();
        _world.Account.Violations.Should().BeEmpty();
        _world.Account.Story("a").Starts.Should().ContainSingle();
        _world.Wire.JobBytes.Should().BePositive();
    }

    [Fact]
    public void A_job_that_does_not_end_is_a_violation()
    {
        Submit(Head, "\"id\":\"a\",\"hold\":true");
        _world.Agenda.Pass(10);

        Invariants.CheckEnds();

        _world.Account.Violations.Should().Contain(what => what.Contains("does not end"));
    }

    [Fact]
    public void A_second_run_of_a_job_without_a_reason_is_a_violation()
    {
        Submit(Head, "\"id\":\"a\"");
        _world.Agenda.Pass(10);

        Node.Do(Turn.Own, (core, now) => core.Modify(core.Find("a")! with
        {
            Status = core.Find("a")!.Status with { State = JobState.New },
        }, now));
        _world.Agenda.Pass(1);

        _world.Account.Violations.Should().Contain(what => what.Contains("was started on n1 though"));
    }

    [Fact]
    public void Boxes_with_different_copies_are_a_violation()
    {
        Submit(Head, "\"id\":\"a\"");
        _world.Agenda.Pass(10);
        _world.Links.Cut("head", "n1");

        Node.Do(Turn.Own, (core, now) => core.Modify(core.Find("a")! with { Status = core.Find("a")!.Status with { Rc = 7 } }, now));
        Invariants.CheckAgreement();

        _world.Account.Violations.Should().Contain(what => what.Contains("do not agree"));
    }

    [Fact]
    public void Only_a_job_that_no_other_box_had_is_declared_lost_in_a_crash()
    {
        Submit(Head, "\"id\":\"a\",\"node\":\"n1\"");
        _world.Agenda.Pass(1);
        Submit(Head, "\"id\":\"b\",\"node\":\"n9\"");

        Head.Crash(losesState: false);

        _world.Account.Story("a").Lost.Should().BeNull();
        _world.Account.Story("b").Lost.Should().NotBeNull();
    }

    [Fact]
    public void A_wrong_status_of_a_node_is_a_violation()
    {
        _world.Links.Cut("head", "n1");
        Node.Configure(Node.Plan with { Settings = Node.Plan.Settings with { Pools = new Dictionary<string, PoolSettings>() } });

        Invariants.CheckNodes();

        _world.Account.Violations.Should().Contain(what => what.Contains("reports n1 as"));
    }
}
