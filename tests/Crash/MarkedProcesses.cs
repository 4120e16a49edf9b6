namespace MeeseeksBox.Crash;

/// <summary>Finds the processes of jobs of this test by their environment.</summary>
internal static class MarkedProcesses
{
    /// <summary>The environment variable of the box and all its jobs.</summary>
    public const string Variable = "CRASH_TEST";

    /// <summary>The ids of the live processes of jobs.</summary>
    public static List<int> Find(string mark) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let name = Path.GetFileName(folder)
           where name.All(char.IsAsciiDigit) && IsOfJob(folder, mark)
           select int.Parse(name),
    ];

    /// <summary>The start of a process, in hundredths of a second since the start of the host; null when it has ended.</summary>
    public static long? StartOf(int pid) => Stat(pid) is { } fields && fields[0] is not ("Z" or "X") ? long.Parse(fields[19]) : null;

    private static bool IsOfJob(string folder, string mark)
    {
        var variables = Read(Path.Combine(folder, "environ"))?.Split('\0') ?? [];
        return variables.Contains($"{Variable}={mark}")
            && variables.Any(variable => variable.StartsWith("MEESEEKS_RUN=", StringComparison.Ordinal))
            && StartOf(int.Parse(Path.GetFileName(folder))) is not null;
    }

    // The fields after the name in brackets, from the state on (proc(5)).
    private static string[]? Stat(int pid) => Read($"/proc/{pid}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or belongs to another user.
            return null;
        }
    }
}
