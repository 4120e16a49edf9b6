using MeeseeksBox.Watcher.Jobs;

namespace MeeseeksBox.Watcher.Watches;

/// <summary>An order that has ended.</summary>
/// <typeparam name="TKey">What an order is known by.</typeparam>
/// <param name="Key">What it is known by.</param>
/// <param name="Order">The order.</param>
/// <param name="End">How it ended; null when it was not taken.</param>
/// <param name="Problem">Why it was not taken.</param>
internal sealed record Ended<TKey>(TKey Key, JobOrder Order, JobEnd? End, string? Problem);
