using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

/// <summary>Inspects and kills real processes.</summary>
internal static class LiveProcesses
{
    /// <summary>True when the process exists and is not a zombie.</summary>
    public static bool Has(int pid) => ProcFs.ReadAll().Find(pid) is not null;

    /// <summary>Kills a process that a test has left behind on purpose.</summary>
    public static void End(int pid) => LibC.Kill(pid, SignalNumber.Kill).Should().Be(0);

    /// <summary>Number of processes with the mark of a run.</summary>
    public static int CountMarked(string run) => ProcFs.ReadAll().Trees(entry => entry.Run == run).Count;
}
