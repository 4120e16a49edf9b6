namespace MeeseeksBox.Crash;

/// <summary>The processes of jobs of this test, known by their environment.</summary>
internal static class MarkedProcesses
{
    /// <summary>The variable that the box and all its jobs carry.</summary>
    public const string Variable = "CRASH_TEST";

    /// <summary>Those of jobs that are alive.</summary>
    public static List<int> Find(string mark) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let name = Path.GetFileName(folder)
           where name.All(char.IsAsciiDigit) && IsOfJob(folder, mark)
           select int.Parse(name),
    ];

    /// <summary>When a process started, in hundredths of a second since the host did; null when it has ended.</summary>
    public static long? StartOf(int pid) => Stat(pid) is { } fields && fields[0] is not ("Z" or "X") ? long.Parse(fields[19]) : null;

    private static bool IsOfJob(string folder, string mark)
    {
        var variables = Read(Path.Combine(folder, "environ"))?.Split('\0') ?? [];
        return variables.Contains($"{Variable}={mark}") && variables.Any(variable => variable.StartsWith("MEESEEKS_RUN=", StringComparison.Ordinal))
            && StartOf(int.Parse(Path.GetFileName(folder))) is not null;
    }

    // What stands after the name, which is in brackets: the state is the first.
    private static string[]? Stat(int pid) => Read($"/proc/{pid}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is none of ours.
            return null;
        }
    }
}
