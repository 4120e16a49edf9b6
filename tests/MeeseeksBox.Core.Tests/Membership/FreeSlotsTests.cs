using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Membership;

/// <summary>The free slots of the pools (docs/SPECIFICATION.md#free-slots).</summary>
public sealed class FreeSlotsTests
{
    private const string Job = "{'pool':'p1','args':['x']}";

    private static int FreeOn(TestNode node, string name) => node.Core.FreeSlots()["p1"][name].Limit!.Value;

    [Fact]
    public void Held_jobs_and_jobs_being_killed_take_a_slot_and_ended_jobs_take_none()
    {
        var head = TestNode.Head(("n1", 5));
        var at = "'pool':'p1','args':['x'],'node':'n1'";
        head.Merge(
            Some.Job($"{{'id':'h','hold':true,'ts':1,{at}}}"),
            Some.Job($"{{'id':'r','state':'running','active':true,'ts':1,{at}}}"),
            Some.Job($"{{'id':'k','state':'killed','active':true,'ts':1,{at}}}"),
            Some.Job($"{{'id':'d','state':'done','ts':1,{at}}}"));

        FreeOn(head, "n1").Should().Be(2);
    }

    [Fact]
    public void Free_slots_are_true_where_there_is_no_limit_and_the_config_pool_is_not_shown()
    {
        var node = new TestNode(Some.Node(slots: 0));
        _ = node.Accept(Job);
        _ = node.Accept("{'node':'n1','pool':'__config','args':{}}");

        node.Core.FreeSlots().Should().ContainSingle().Which.Value["n1"].Should().Be(SlotCount.Unlimited);
    }

    [Fact]
    public void The_free_slots_of_a_pool_are_never_negative()
    {
        var node = new TestNode(Some.Node(slots: 1) with { WaitInPool = true });
        _ = Enumerable.Range(0, 3).Select(_ => node.Accept(Job)).ToArray();

        FreeOn(node, "n1").Should().Be(0);
    }
}
