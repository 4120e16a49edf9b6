using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

public sealed class RecordRetriesTests
{
    [Fact]
    public void Results_are_tried_again_after_refresh()
    {
        var retries = new RecordRetries(limit: null);
        retries.Begin(At(100));

        retries.IsDue(Seconds(10), At(109)).Should().BeFalse();
        retries.IsDue(Seconds(10), At(110)).Should().BeTrue();
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(0.5, 0.5)]
    public void With_once_the_pause_is_a_second_at_most(double refresh, double pause)
    {
        new RecordRetries(Seconds(30)).PauseOf(Seconds(refresh)).Should().Be(Seconds(pause));
        new RecordRetries(limit: null).PauseOf(Seconds(refresh)).Should().Be(Seconds(refresh));
    }

    [Fact]
    public void A_result_is_given_up_with_once_only()
    {
        new RecordRetries(limit: null).IsGivenUp(At(0), At(1_000_000)).Should().BeFalse();

        var retries = new RecordRetries(Seconds(30));
        retries.IsGivenUp(heldSince: null, At(100)).Should().BeFalse();
        retries.IsGivenUp(At(100), At(129)).Should().BeFalse();
        retries.IsGivenUp(At(100), At(130)).Should().BeTrue();
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static long At(double second) => Seconds(second).Ticks;
}
