namespace MeeseeksBox.Core.Replication;

/// <summary>What a link does next.</summary>
/// <param name="Failure">Why it closes its connection; null: it goes on.</param>
/// <param name="Messages">The lines that it sends now, in order.</param>
/// <param name="Deadline">When it calls <see cref="DownstreamSession.Advance"/> again at the latest, in monotonic seconds.</param>
public sealed record SessionStep(string? Failure, IReadOnlyList<PeerMessage> Messages, double Deadline);
