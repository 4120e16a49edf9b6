namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Work under a former name of its watch, or of its path.</summary>
/// <param name="Tag">The tag of the watch by that name.</param>
/// <param name="IdOf">Maps the number of an attempt to its id.</param>
internal sealed record FormerWork(string Tag, Func<int, string> IdOf);
