namespace MeeseeksBox.Core.Replication;

/// <summary>Pauses between attempts to connect, which grow until a connection lasts.</summary>
internal sealed class ReconnectBackoff(Random random)
{
    /// <summary>The longest pause, in seconds.</summary>
    public const double Longest = 10;

    private const double Shortest = 0.1;

    // Each pause is about a quarter of all pauses before it, so that a node that starts late is reached soon afterwards.
    private const double Growth = 1.25;

    private double _pause = Shortest;

    /// <summary>The next pause, in seconds, with jitter: links that broke together do not reconnect together.</summary>
    /// <param name="heldFor">How long the last connection lasted, in seconds; null when there was none.</param>
    public double Next(double? heldFor)
    {
        // Only a connection that lasted resets the pause: one that breaks at once is not retried ten times a second.
        _pause = heldFor > Longest ? Shortest : _pause;
        var pause = _pause * (0.5 + (random.NextDouble() / 2));
        _pause = Math.Min(_pause * Growth, Longest);
        return pause;
    }
}
