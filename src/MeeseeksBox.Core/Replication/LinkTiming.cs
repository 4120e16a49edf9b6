namespace MeeseeksBox.Core.Replication;

/// <summary>The times of a link, in seconds (README.md#configuration).</summary>
/// <param name="Refresh">How often a legacy peer is asked for its changes.</param>
/// <param name="Poll">How long a peer may hold a reply, and how often a legacy peer is asked for its nodes.</param>
/// <param name="Timeout">How long a reply may be overdue.</param>
public sealed record LinkTiming(double Refresh, double Poll, double Timeout);
