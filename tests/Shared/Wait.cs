using System.Diagnostics;

namespace MeeseeksBox.Testing;

/// <summary>Waits for events in other processes or threads.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="describe">Describes the current state, for the message of a timeout.</param>
    /// <param name="giveUp">Cancels the wait, usually <c>TestContext.Current.CancellationToken</c>.</param>
    /// <exception cref="TimeoutException">The condition did not become true within 20 s.</exception>
    public static async Task Until(Func<bool> condition, Func<string> describe, CancellationToken giveUp = default)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begin) > Limit)
                throw new TimeoutException($"timeout after {Limit.TotalSeconds} s; last state: {describe()}");

            await Task.Delay(Pause, giveUp);
        }
    }
}
