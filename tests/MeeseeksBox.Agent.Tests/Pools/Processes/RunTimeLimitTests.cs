using MeeseeksBox.Agent.Pools.Processes;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>The time limit of a run, which a client may set to any number.</summary>
public sealed class RunTimeLimitTests
{
    [Theory]
    [InlineData(1e300, 1e9)]
    [InlineData(1e9, 1e9)]
    [InlineData(5, 5)]
    public void A_limit_beyond_all_times_is_the_longest_one(double asked, double kept)
    {
        var limit = new RunTimeLimit();
        var changes = new List<TimeSpan?>();
        limit.Follow(null, changes.Add);

        limit.Set(asked);

        limit.Value.Should().Be(TimeSpan.FromSeconds(kept));
        changes.Should().Equal(TimeSpan.FromSeconds(kept));
    }
}
