using System.Diagnostics;

namespace MeeseeksBox.Testing;

/// <summary>Waits for what happens in another process or thread.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">What is to become true.</param>
    /// <param name="describe">What is seen now; part of the message when the wait is given up.</param>
    /// <param name="giveUp">Ends the wait, as a rule <c>TestContext.Current.CancellationToken</c>.</param>
    /// <exception cref="TimeoutException">It did not become true within 20 s.</exception>
    public static async Task Until(Func<bool> condition, Func<string> describe, CancellationToken giveUp = default)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begin) > Patience)
                throw new TimeoutException($"waited {Patience.TotalSeconds} s in vain; last seen: {describe()}");

            await Task.Delay(Pause, giveUp);
        }
    }
}
