using System.Globalization;

namespace MeeseeksBox.Agent.Listening;

/// <summary>How many files, sockets and pipes this process may have open at once.</summary>
internal static class FileHandles
{
    // What systems give where nothing else is said.
    private const int Common = 1024;

    /// <summary>The limit in force, as the kernel shows it (proc(5), limits).</summary>
    public static int Limit()
    {
        const string Name = "Max open files";
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words is [var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : Common;
    }
}
