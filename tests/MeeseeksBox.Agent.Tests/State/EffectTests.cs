using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>The effects of the core reach all handlers.</summary>
public sealed class EffectTests
{
    [Fact]
    public void The_exception_of_one_handler_skips_no_other_and_reaches_the_caller()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p"] = new() { Slots = 2 } };
        using var host = new CoreHost(new NodeSettings { Name = "n", Pools = pools }, NoOutputs.Store, TimeProvider.System, _ => { });
        host.Execute((core, now) =>
        {
            Submit(core, """{"id":"a","pool":"p","args":["x"]}""", now);
            core.Started(core.ClaimNext("p", now)!, 1, now);
        });
        var woken = new List<string>();
        host.RunLimited += (_, _) => throw new InvalidOperationException("a limit");
        host.RunLimited += (_, limit) => woken.Add($"limit {limit}");
        host.PoolWoken += _ => throw new InvalidOperationException("a pool");
        host.PoolWoken += woken.Add;
        var change = () => host.Execute((core, now) =>
        {
            Submit(core, """{"id":"a","runtime":5}""", now);
            Submit(core, """{"id":"b","pool":"p","args":["x"]}""", now);
        });

        change.Should().Throw<InvalidOperationException>().WithMessage("a limit");

        woken.Should().Equal("limit 5", "p");
    }

    private static void Submit(NodeCore core, string spec, Instant now) =>
        core.Submit(SubmitArgument.Read(JsonElement.Parse(spec)), now).Error.Should().BeNull();
}
