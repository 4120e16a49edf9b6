namespace MeeseeksBox.Core.Replication;

/// <summary>The times of a link, in seconds (README.md#configuration).</summary>
/// <param name="Refresh">The interval at which a legacy peer is polled for jobs.</param>
/// <param name="Poll">The longest time that a peer holds a reply; for a legacy peer, the interval at which it is polled for nodes.</param>
/// <param name="Timeout">How long a reply may be overdue.</param>
/// <param name="Piece">The size of a piece of the jobs of the peer in bytes, at the start and on a slow network.</param>
public sealed record LinkTiming(double Refresh, double Poll, double Timeout, long Piece = LinkTiming.LargePiece)
{
    /// <summary>The size of a piece, for everything but tests.</summary>
    public const long LargePiece = 256 * 1024;
}
