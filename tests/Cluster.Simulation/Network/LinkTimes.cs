namespace MeeseeksBox.Simulation.Network;

/// <summary>What links go by (docs/SPECIFICATION.md#link-settings), in seconds.</summary>
/// <param name="Refresh">How often an old peer is asked for news.</param>
/// <param name="Poll">How long a request is held, and how often an old peer is asked for its nodes.</param>
/// <param name="Timeout">How long a link waits in vain.</param>
internal sealed record LinkTimes(double Refresh, double Poll, double Timeout);
