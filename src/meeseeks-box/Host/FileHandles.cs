using System.Globalization;

namespace MeeseeksBox.Agent.Host;

/// <summary>How many files, sockets and pipes this process may have open at once.</summary>
internal static class FileHandles
{
    // What systems give where nothing else is said.
    private const int Common = 1024;

    // The runtime takes two for each thread that it begins, and ends the whole process when it cannot; and a kill reads /proc.
    private const int Reserve = 64;

    /// <summary>The limit in force when the box was started.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>True when what is left is kept for the box itself: no job is started with it.</summary>
    public static bool AreShortForJobs() => AreShort(Reserve);

    /// <summary>True when not even a client is to be let in, which may have come to end jobs.</summary>
    public static bool AreShortForClients() => AreShort(Reserve / 2);

    // The system gives the lowest number that is free, so that the next one tells how many are taken.
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

    // As the kernel shows it (proc(5), limits).
    private static int ReadLimit()
    {
        const string Name = "Max open files";
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words is [var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : Common;
    }
}
