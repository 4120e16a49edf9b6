using System.Globalization;
using MeeseeksBox.Runner.ControlGroups;

namespace MeeseeksBox.Runner.Limits;

/// <summary>Reads the memory that processes use together; see proc(5).</summary>
/// <param name="root">The folder of all processes.</param>
internal sealed class ResidentMemory(string root = "/proc")
{
    private const string Proportional = "Pss:";
    private const int Kilobyte = 1024;
    private const int ResidentField = 1;
    private const int SharedField = 2;

    // The system may count the pages of a process a little late.
    private const double CertainPart = 0.75;

    /// <summary>The bytes that processes use; a page that several of them share counts once.</summary>
    /// <remarks>The exact number takes the system some milliseconds for each gigabyte. So it is read close to the limit only.</remarks>
    /// <param name="processes">The processes. Those that have ended count nothing.</param>
    /// <param name="limit">The bytes that they may use.</param>
    /// <returns>The number of bytes, or a larger one that is well below the limit.</returns>
    public long Of(IReadOnlyCollection<int> processes, long limit)
    {
        var most = processes.Sum(pid => PagesOf(pid).Resident);
        return most <= limit * CertainPart ? most : processes.Sum(ProportionOf);
    }

    private long ProportionOf(int pid)
    {
        var line = ControlFile.Text($"{root}/{pid}/smaps_rollup").Split('\n')
            .FirstOrDefault(line => line.StartsWith(Proportional, StringComparison.Ordinal));
        if (line is not null && Number(line[Proportional.Length..].Trim().Split(' ')[0]) is var kilobytes)
            return kilobytes * Kilobyte;

        // That of a program with other rights may not be read.
        var (resident, shared) = PagesOf(pid);
        return Math.Max(0, resident - shared);
    }

    // In bytes.
    private (long Resident, long Shared) PagesOf(int pid) =>
        ControlFile.Text($"{root}/{pid}/statm").Split(' ') is { Length: > SharedField } fields
            ? (Number(fields[ResidentField]) * Environment.SystemPageSize, Number(fields[SharedField]) * Environment.SystemPageSize)
            : (0, 0);

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
