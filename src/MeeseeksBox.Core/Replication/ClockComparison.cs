namespace MeeseeksBox.Core.Replication;

/// <summary>Compares the clock of a peer with that of this node (docs/SPECIFICATION.md#clocks).</summary>
/// <remarks>No rule depends on the clocks. People compare the times of jobs.</remarks>
internal sealed class ClockComparison
{
    // In seconds.
    private const double Tolerance = 5;
    private const double Pause = 24 * 3600;

    private double _quietUntil = double.NegativeInfinity;

    /// <summary>The difference to report; null when the clocks agree, or when a difference was reported within the last day.</summary>
    /// <remarks>The peer writes its time between the request and the reply, so only a time outside of these counts.</remarks>
    /// <param name="peer">The time of the peer in seconds since 1970; null when it sent none.</param>
    /// <param name="requested">When the request was sent.</param>
    /// <param name="replied">When the reply arrived.</param>
    /// <returns>Seconds; positive when the clock of the peer is ahead.</returns>
    public double? Compare(double? peer, Instant requested, Instant replied)
    {
        var difference = peer > replied.Wall ? peer.Value - replied.Wall
            : peer < requested.Wall ? peer.Value - requested.Wall
            : 0;
        if (Math.Abs(difference) <= Tolerance || replied.Monotonic < _quietUntil)
            return null;

        _quietUntil = replied.Monotonic + Pause;
        return difference;
    }
}
