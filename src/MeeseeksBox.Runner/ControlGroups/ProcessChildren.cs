namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>Reads the children of a process; see <c>/proc/PID/task/TID/children</c> in proc(5).</summary>
internal static class ProcessChildren
{
    /// <summary>The children that a process has now; empty when it has ended.</summary>
    public static IReadOnlyList<int> Of(int pid)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{pid}/task").SelectMany(task => ControlFile.Numbers($"{task}/children"))];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
