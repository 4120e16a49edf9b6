namespace MeeseeksBox.Agent;

/// <summary>Exit statuses of the program (docs/SPECIFICATION.md#box-exit-status).</summary>
internal static class BoxExitStatus
{
    /// <summary>The box stopped in order, or the check succeeded.</summary>
    public const int Good = 0;

    /// <summary>The box could not start, continue, or save its state.</summary>
    public const int CannotRun = 1;

    /// <summary>The command line or the configuration has a mistake.</summary>
    public const int BadConfiguration = 2;
}
