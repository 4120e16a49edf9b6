using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Ending;

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

    /// <summary>Kills all processes with the mark of a run, which a test has left behind on purpose.</summary>
    public static void EndMarked(string run)
    {
        foreach (var entry in ProcFs.ReadAll().Trees(entry => entry.Run == run))
            _ = LibC.Kill(entry.Pid, SignalNumber.Kill);
    }

    /// <summary>The states of all processes with the mark of a run, as in <c>/proc</c>: <c>T</c> for a stopped one.</summary>
    public static List<char> StatesOfMarked(string run) =>
        [.. ProcFs.ReadAll().Trees(entry => entry.Run == run).Select(entry => StateOf(entry.Pid)).OfType<char>()];

    // Null for one that has ended meanwhile.
    private static char? StateOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X') and var state ? state : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
