namespace MeeseeksBox.WatchAgent;

/// <summary>What the program tells the shell at its end.</summary>
internal static class WatcherExitStatus
{
    /// <summary>It did what it was asked to, or another one with the same lock is at it.</summary>
    public const int Good = 0;

    /// <summary>It could not start, or not go on; with <c>once=1</c>, a job failed or could not be submitted.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong (docs/SPECIFICATION.md#configuration-errors).</summary>
    public const int BadConfiguration = 2;
}
