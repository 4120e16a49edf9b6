using System.Globalization;

namespace MeeseeksBox.Agent.Host;

/// <summary>The limit of open file descriptors of this process, and the reserves below it.</summary>
internal static class FileHandles
{
    // The usual default of a system, for a host without /proc/self/limits.
    private const int Common = 1024;

    // The runtime opens two descriptors for each new thread, and ends the process when it cannot. A kill needs some to read /proc.
    private const int Reserve = 64;

    /// <summary>The soft limit at the start of the box.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>True when only the reserve of the box is left, so that no job may start.</summary>
    public static bool AreShortForJobs() => AreShort(Reserve);

    /// <summary>True when no client may be accepted either. Clients get a smaller reserve than jobs, because they may kill jobs.</summary>
    public static bool AreShortForClients() => AreShort(Reserve / 2);

    // The system assigns the lowest free number, so the next one shows how many are in use.
    private static bool AreShort(int kept)
    {
        try
        {
            using var next = File.OpenHandle("/dev/null");
            return next.DangerousGetHandle() >= Limit - Math.Min(kept, Limit / 4);
        }
        catch (IOException)
        {
            return true;
        }
    }

    // The format is in proc(5), limits.
    private static int ReadLimit()
    {
        const string Name = "Max open files";
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words is [var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : Common;
    }
}
