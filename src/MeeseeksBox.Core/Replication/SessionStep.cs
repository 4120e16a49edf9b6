namespace MeeseeksBox.Core.Replication;

/// <summary>What a link does next.</summary>
/// <param name="Failure">Why the link closes its connection; null: it continues.</param>
/// <param name="Messages">The lines to send now, in order.</param>
/// <param name="Deadline">When <see cref="DownstreamSession.Advance"/> is due again at the latest, in monotonic seconds.</param>
public sealed record SessionStep(string? Failure, IReadOnlyList<PeerMessage> Messages, double Deadline);
