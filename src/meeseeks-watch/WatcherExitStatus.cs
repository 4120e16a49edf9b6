namespace MeeseeksBox.WatchAgent;

/// <summary>The exit statuses of the program.</summary>
internal static class WatcherExitStatus
{
    /// <summary>Success, or another watcher holds the lock.</summary>
    public const int Good = 0;

    /// <summary>
    /// It could not start or continue, or with <c>once</c> or <c>count</c> a job failed, could not be submitted, or was stopped.
    /// </summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is invalid (docs/SPECIFICATION.md#configuration-errors).</summary>
    public const int BadConfiguration = 2;
}
