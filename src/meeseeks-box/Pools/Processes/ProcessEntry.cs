namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A process of this host, as it was when it was looked at.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Parent">The number of the process that it belongs to.</param>
/// <param name="Name">The first 15 bytes of its program's name.</param>
/// <param name="StartTicks">When it started, in hundredths of a second since the host did.</param>
/// <param name="Run">The run of a job that its environment names; null when it names none or may not be read.</param>
internal sealed record ProcessEntry(int Pid, int Parent, string Name, long StartTicks, string? Run)
{
    /// <summary>The variable that marks every process of a run, and that its children inherit wherever they go.</summary>
    public const string RunVariable = "MEESEEKS_RUN";

    /// <inheritdoc/>
    public override string ToString() => $"{Pid} ({Name})";
}
