using MeeseeksBox.Foundation.Time;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Configured times are longer than a timer takes.</summary>
public sealed class TimerLimitTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4_294_968)]
    [InlineData(1_000_000_000)]
    public void Each_time_can_be_the_time_of_a_timer(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds).ForTimer();

        using var limit = new CancellationTokenSource(time, TimeProvider.System);
        (time <= TimeSpan.FromSeconds(seconds), limit.IsCancellationRequested).Should().Be((true, seconds is 0));
    }

    [Fact]
    public void An_infinite_time_stays() => Timeout.InfiniteTimeSpan.ForTimer().Should().Be(Timeout.InfiniteTimeSpan);
}
