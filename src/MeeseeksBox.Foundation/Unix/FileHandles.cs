using System.Globalization;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>The limit of open file descriptors of this process.</summary>
public static class FileHandles
{
    // The usual default of a system, for a host without /proc/self/limits.
    private const int Common = 1024;

    /// <summary>The soft limit at the start of the program.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>True when only a reserve is left, of at most a quarter of the limit.</summary>
    /// <param name="reserve">The number of descriptors.</param>
    public static bool AreShort(int reserve)
    {
        // The system assigns the lowest free number, so the next one shows how many are in use.
        try
        {
            using var next = File.OpenHandle("/dev/null");
            return IsInReserve((int)next.DangerousGetHandle(), reserve);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>True when a descriptor is one of the last, of at most a quarter of the limit.</summary>
    public static bool IsInReserve(int descriptor, int reserve) => descriptor >= Limit - Math.Min(reserve, Limit / 4);

    // The format is in proc(5), limits.
    private static int ReadLimit()
    {
        const string Name = "Max open files";
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            var words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return words is [var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : Common;
        }
        catch (IOException)
        {
            return Common;
        }
    }
}
