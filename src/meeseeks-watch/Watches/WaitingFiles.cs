namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Files or sets that wait for the same reason.</summary>
/// <param name="Reason">The reason, as a clause for people.</param>
/// <param name="Count">Their number.</param>
/// <param name="Example">One of them.</param>
internal sealed record WaitingFiles(string Reason, int Count, string Example);
