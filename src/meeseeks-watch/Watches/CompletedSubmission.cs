using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A submission that has ended.</summary>
/// <typeparam name="TKey">The key of a submission in its watch.</typeparam>
/// <param name="Key">Its key.</param>
/// <param name="Submission">The submission.</param>
/// <param name="End">Its result; null when the box did not accept it.</param>
/// <param name="Problem">Why the box did not accept it.</param>
internal sealed record CompletedSubmission<TKey>(TKey Key, Submission Submission, JobEnd? End, string? Problem);
