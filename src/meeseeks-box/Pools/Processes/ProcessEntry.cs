namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A process of this host in a snapshot.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="Parent">The process id of the parent.</param>
/// <param name="Name">The first 15 bytes of the name of its program.</param>
/// <param name="StartTicks">Start in hundredths of a second since boot.</param>
/// <param name="Run">The run id in its environment; null without one, or when the environment is not readable.</param>
internal sealed record ProcessEntry(int Pid, int Parent, string Name, long StartTicks, string? Run)
{
    /// <summary>The environment variable that marks every process of a run, and that its children inherit.</summary>
    public const string RunVariable = "MEESEEKS_RUN";

    /// <inheritdoc/>
    public override string ToString() => $"{Pid} ({Name})";
}
