using System.Globalization;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Times of files, in units of 100 ns since 1970, and as text in seconds.</summary>
internal static class FileTime
{
    private const int Decimals = 7;

    /// <summary>A time as the rules have it.</summary>
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks;

    /// <summary>A time as the system has it.</summary>
    public static DateTime ToUtc(long time) => DateTime.UnixEpoch.AddTicks(time);

    /// <summary>A time in seconds, with all its decimals.</summary>
    public static string Text(long time) => ((decimal)time / TimeSpan.TicksPerSecond).ToString($"F{Decimals}", CultureInfo.InvariantCulture);

    /// <summary>Reads the time that stands in a file; null when the file is gone, or holds no time.</summary>
    public static long? Read(string path)
    {
        try
        {
            return decimal.TryParse(File.ReadAllText(path).AsSpan().Trim(), NumberStyles.Number, CultureInfo.InvariantCulture, out var seconds)
                && Math.Abs(seconds) < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond
                    ? (long)decimal.Round(seconds * TimeSpan.TicksPerSecond)
                    : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Then the time of the file itself counts.
            return null;
        }
    }
}
