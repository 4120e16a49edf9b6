using System.Globalization;

namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>The limits of a control group; see "Memory" and "CPU" in the manual of the kernel about control groups.</summary>
internal static class GroupLimits
{
    private const string Controllers = "cgroup.controllers";
    private const string OfChildren = "cgroup.subtree_control";
    private const string LimitReached = "oom";
    private const string Killed = "oom_kill";

    // Microseconds. The quota has at least one thousand.
    private const int Period = 100_000;
    private const int Whole = 1000;

    private static readonly string[] Wanted = ["memory", "cpu"];

    /// <summary>Enables the limits for the groups in a group, where the system has them and the group has no process itself.</summary>
    public static void Enable(string folder)
    {
        var there = ControlFile.Text(Path.Combine(folder, Controllers)).Split((char[])[' ', '\n']);

        // Each one by itself, because the system rejects all of a line with one that it cannot enable.
        foreach (var controller in Wanted.Intersect(there))
            _ = ControlFile.TryWrite(folder, OfChildren, $"+{controller}");
    }

    /// <summary>Limits the memory of all processes in a group, which the system then kills together.</summary>
    /// <returns>False when the system does not do so for this group.</returns>
    public static bool TrySetMemory(string folder, long bytes)
    {
        if (!ControlFile.TryWrite(folder, "memory.oom.group", "1")
            || !ControlFile.TryWrite(folder, "memory.max", bytes.ToString(CultureInfo.InvariantCulture)))
        {
            return false;
        }

        // It is not there without swap.
        _ = ControlFile.TryWrite(folder, "memory.swap.max", "0");
        return true;
    }

    /// <summary>Limits the processor time of all processes in a group.</summary>
    /// <param name="folder">The group.</param>
    /// <param name="thousandths">Thousandths of a processor, at least 10.</param>
    /// <returns>False when the system does not do so for this group.</returns>
    public static bool TrySetCpus(string folder, int thousandths) => ControlFile.TryWrite(
        folder, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{(long)thousandths * Period / Whole} {Period}"));

    /// <summary>True when the system has killed a process in a group because the group has reached its limit of memory.</summary>
    /// <remarks>A process that it has killed in a lack of memory of the whole host has not reached the limit.</remarks>
    public static bool HasExceededMemory(string folder)
    {
        // A group that the job has made in it may have a limit of its own, and the processes that are killed may be in such a group.
        var local = Path.Combine(folder, "memory.events.local");
        var all = Path.Combine(folder, "memory.events");
        return Has(File.Exists(local) ? local : all, LimitReached) && Has(all, Killed);
    }

    private static bool Has(string file, string kind) =>
        ControlFile.Text(file).Split('\n').Any(line => line.Split(' ') is [var name, not "0"] && name == kind);
}
