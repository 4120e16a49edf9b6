namespace MeeseeksBox.WatchAgent.Control;

/// <summary>No watcher answers a request, or it refuses it.</summary>
/// <param name="message">What failed, why, and what to do.</param>
internal sealed class ControlException(string message) : Exception(message);
