namespace MeeseeksBox.Agent;

/// <summary>What the program tells the shell at its end.</summary>
internal static class BoxExitStatus
{
    /// <summary>It did what it was asked to, and stopped when it was asked to.</summary>
    public const int Good = 0;

    /// <summary>It could not start, or not go on.</summary>
    public const int CannotRun = 1;

    /// <summary>The command line or the configuration is wrong (docs/SPECIFICATION.md#box-exit-status).</summary>
    public const int BadConfiguration = 2;
}
