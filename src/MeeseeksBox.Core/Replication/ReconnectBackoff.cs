namespace MeeseeksBox.Core.Replication;

/// <summary>The pauses between attempts to connect: each longer than the one before, until a connection has held.</summary>
internal sealed class ReconnectBackoff(Random random)
{
    /// <summary>The longest pause, in seconds.</summary>
    public const double Longest = 10;

    private const double Shortest = 0.1;

    // A pause is a fifth of the time of all attempts before it, so that a node that comes late is reached soon after.
    private const double Growth = 1.25;

    private double _pause = Shortest;

    /// <summary>The next pause, in seconds. It is jittered, so that links that broke together do not reconnect together.</summary>
    /// <param name="heldFor">How long the last connection held, in seconds; null when there was none.</param>
    public double Next(double? heldFor)
    {
        // A connection that breaks again and again is not retried ten times a second.
        _pause = heldFor > Longest ? Shortest : _pause;
        var pause = _pause * (0.5 + (random.NextDouble() / 2));
        _pause = Math.Min(_pause * Growth, Longest);
        return pause;
    }
}
