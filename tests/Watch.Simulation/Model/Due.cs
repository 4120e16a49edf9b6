namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>Whether a job must be submitted for a file.</summary>
internal enum Due
{
    /// <summary>It must not: the file is processed, or its job runs.</summary>
    No,

    /// <summary>Both are right, because no rule decides, or the watcher cannot know.</summary>
    May,

    /// <summary>It must, once the file is complete.</summary>
    Must,
}
