namespace MeeseeksBox.WatchSimulation.Time;

/// <summary>Ends what the watcher is doing when it is killed.</summary>
internal sealed class DeathException : Exception
{
}
