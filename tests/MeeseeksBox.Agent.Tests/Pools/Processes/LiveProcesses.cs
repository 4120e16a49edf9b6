using MeeseeksBox.Agent.Pools.Processes;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>Looks at and ends real processes.</summary>
internal static class LiveProcesses
{
    /// <summary>True when there is such a process, and it is not only waiting to be buried.</summary>
    public static bool Has(int pid) => ProcFs.ReadAll().Find(pid) is not null;

    /// <summary>Ends a process that a test has left behind on purpose.</summary>
    public static void End(int pid) => LibC.Kill(pid, Signals.Kill).Should().Be(0);

    /// <summary>How many carry the mark of a run.</summary>
    public static int CountMarked(string run) => ProcFs.ReadAll().Trees(entry => entry.Run == run).Count;
}
