namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>What a watcher does at present.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pid">The id of its process.</param>
/// <param name="BoxFault">Why the box cannot be reached; null while it can be.</param>
/// <param name="Watches">Its watches.</param>
internal sealed record WatcherStatus(string Name, int Pid, string? BoxFault, IReadOnlyList<WatchStatus> Watches);
