using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>A submission that has ended.</summary>
/// <typeparam name="TKey">The key of a submission in its watch.</typeparam>
/// <param name="Key">Its key.</param>
/// <param name="Submission">The submission.</param>
/// <param name="End">Its result; null when the box did not accept it.</param>
/// <param name="Problem">Why it has no result, as the words after the name of the job.</param>
internal sealed record CompletedSubmission<TKey>(TKey Key, Submission Submission, JobEnd? End, string? Problem)
    where TKey : notnull
{
    /// <summary>The time stamp of the first failure to record the result; null when there was none.</summary>
    public long? HeldSince { get; init; }
}
