using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>An order that has ended.</summary>
/// <typeparam name="TKey">What an order is known by.</typeparam>
/// <param name="Key">What it is known by.</param>
/// <param name="Submission">The order.</param>
/// <param name="End">How it ended; null when it was not taken.</param>
/// <param name="Problem">Why it was not taken.</param>
internal sealed record CompletedSubmission<TKey>(TKey Key, Submission Submission, JobEnd? End, string? Problem);
