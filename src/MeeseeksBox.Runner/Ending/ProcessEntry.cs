namespace MeeseeksBox.Runner.Ending;

/// <summary>A process of this host in a snapshot.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="Parent">The process id of the parent.</param>
/// <param name="Session">The process id of the leader of its session.</param>
/// <param name="Name">The first 15 bytes of the name of its program.</param>
/// <param name="StartTicks">Start in hundredths of a second since boot.</param>
/// <param name="Run">The run id in its environment; null without one, or when the environment is not readable.</param>
internal sealed record ProcessEntry(int Pid, int Parent, int Session, string Name, long StartTicks, string? Run)
{
    /// <summary>Its state, as in proc(5): <c>S</c> for one that sleeps.</summary>
    public char State { get; init; } = 'S';

    /// <summary>True when it runs no code of its own: it is stopped, or waits in the kernel, and stops when it comes back.</summary>
    public bool IsStopped => State is 'T' or 't' or 'D';

    /// <inheritdoc/>
    public override string ToString() => $"{Pid} ({Name})";
}
