using System.Diagnostics;

namespace MeeseeksBox.Testing;

/// <summary>Waits for events in other processes or threads.</summary>
public static class Wait
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(25);

    /// <summary>The time limit of every wait, long enough for a machine with many times more work than cores.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="describe">Describes the current state, for the message of a timeout.</param>
    /// <param name="giveUp">Cancels the wait, usually <c>TestContext.Current.CancellationToken</c>.</param>
    /// <exception cref="TimeoutException">The condition did not become true within <see cref="Limit"/>.</exception>
    public static async Task Until(Func<bool> condition, Func<string> describe, CancellationToken giveUp = default)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            var waited = Stopwatch.GetElapsedTime(begin);
            if (waited > Limit)
                throw new TimeoutException($"timeout after {Limit.TotalSeconds} s; last state: {describe()}");

            await Task.Delay(PauseAfter(waited), giveUp);
        }
    }

    /// <summary>The pause before the next look at a condition.</summary>
    /// <remarks>It grows with the time waited, so that a long wait leaves the processor to the process that is waited for.</remarks>
    public static TimeSpan PauseAfter(TimeSpan waited) =>
        TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 10, ShortestPause.Ticks, LongestPause.Ticks));
}
