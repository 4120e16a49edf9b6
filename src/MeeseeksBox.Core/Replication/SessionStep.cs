namespace MeeseeksBox.Core.Replication;

/// <summary>What a link does next.</summary>
/// <param name="Failure">Why the link closes its connection; null: it continues.</param>
/// <param name="Messages">The lines to send now, in order.</param>
/// <param name="Deadline">When <see cref="DownstreamSession.Advance"/> is due again at the latest, in monotonic seconds.</param>
public sealed record SessionStep(LinkFailure? Failure, IReadOnlyList<PeerMessage> Messages, double Deadline)
{
    /// <summary>By how many seconds the clock of the peer is ahead, when that is to be logged.</summary>
    public double? ClockDifference { get; init; }

    /// <summary>The end of the connection.</summary>
    public static SessionStep End(LinkFailure failure) => new(failure, [], double.PositiveInfinity);
}
