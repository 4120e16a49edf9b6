namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>Finds the control group (version 2) of a process; see cgroups(7).</summary>
internal static class ControlGroupMount
{
    private const string Mounts = "/proc/self/mountinfo";

    // The hierarchy of version 2 has the number 0 and no controllers in its line.
    private const string Unified = "0::";
    private const string FileSystem = "cgroup2";
    private const int RootField = 3;
    private const int MountField = 4;

    /// <summary>The folder of the control group of this process; null when the host has none of version 2.</summary>
    public static string? OwnFolder() => FolderOf(Environment.ProcessId);

    /// <summary>The folder of the control group of a process; null when it has ended, or the host has none of version 2.</summary>
    public static string? FolderOf(int pid)
    {
        try
        {
            return FolderOf(File.ReadAllText($"/proc/{pid}/cgroup"), File.ReadAllText(Mounts));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The folder of a control group.</summary>
    /// <param name="membership">The lines of <c>/proc/PID/cgroup</c>.</param>
    /// <param name="mounts">The lines of <c>/proc/PID/mountinfo</c>.</param>
    /// <returns>Null when there is none of version 2, or when it is not below a mount.</returns>
    public static string? FolderOf(string membership, string mounts)
    {
        var group = membership.Split('\n')
            .FirstOrDefault(line => line.StartsWith(Unified, StringComparison.Ordinal))?[Unified.Length..];
        if (group is null || group.Split('/').Contains(".."))
            return null;

        return mounts.Split('\n').Select(line => FolderIn(line.Split(' '), group)).FirstOrDefault(folder => folder is not null);
    }

    // "ID PARENT DEVICE ROOT MOUNT OPTIONS … - TYPE …": a mount may show a part of the hierarchy, from a root on.
    private static string? FolderIn(string[] fields, string group)
    {
        var separator = Array.IndexOf(fields, "-");
        if (separator < MountField || separator + 1 >= fields.Length || fields[separator + 1] is not FileSystem)
            return null;

        // The system writes blanks in paths as "\040".
        var (root, mount) = (fields[RootField].TrimEnd('/'), fields[MountField]);
        return mount.Contains('\\') || (group != root && !group.StartsWith(root + "/", StringComparison.Ordinal))
            ? null
            : Path.TrimEndingDirectorySeparator(mount + group[root.Length..]);
    }
}
