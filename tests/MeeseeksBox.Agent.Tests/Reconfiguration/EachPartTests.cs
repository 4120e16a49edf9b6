using MeeseeksBox.Agent.Reconfiguration;

namespace MeeseeksBox.Agent.Tests.Reconfiguration;

// docs/SPECIFICATION.md#reload
public sealed class EachPartTests
{
    [Fact]
    public async Task A_part_that_fails_is_named_and_leaves_no_other_part_with_the_old_configuration()
    {
        var applied = new List<string>();

        var apply = () => EachPart.ApplyAsync(
            ("log", () => Note("log")),
            ("pools", () => throw new InvalidOperationException("no threads")),
            ("nodes", () => Task.FromException(new IOException("no sockets"))),
            ("settings", () => Note("settings")));

        (await apply.Should().ThrowAsync<AggregateException>()).Which.Message
            .Should().Contain("pools: no threads").And.Contain("nodes: no sockets");
        applied.Should().Equal("log", "settings");

        Task Note(string part)
        {
            applied.Add(part);
            return Task.CompletedTask;
        }
    }
}
