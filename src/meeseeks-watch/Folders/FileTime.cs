using System.Globalization;
using System.Text;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Converts file times: units of 100 ns since 1970, and text in seconds.</summary>
internal static class FileTime
{
    private const int Decimals = 7;

    /// <summary>A time in units of 100 ns since 1970.</summary>
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks;

    /// <summary>When a file or a link was written; null for a folder, and for no file.</summary>
    public static long? OfFile(string path) =>
        FileKind.FactsOf(path, isFollowed: false) is { } facts && !ByteFile.IsFolder(path) ? facts.WriteTime : null;

    /// <summary>A time of the rules as a <see cref="DateTime"/>.</summary>
    public static DateTime ToUtc(long time) => DateTime.UnixEpoch.AddTicks(time);

    /// <summary>A time as text in seconds, with all decimals.</summary>
    public static string Text(long time) =>
        ((decimal)time / TimeSpan.TicksPerSecond).ToString($"F{Decimals}", CultureInfo.InvariantCulture);

    /// <summary>Reads the time in a file; null when the file cannot be read or holds no time.</summary>
    public static long? Read(string path)
    {
        try
        {
            return Parse(ByteFile.ReadAllBytes(path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The caller falls back to the change time of the file.
            return null;
        }
    }

    /// <summary>Parses a time in seconds since 1970; null for any other text.</summary>
    public static long? Parse(ReadOnlySpan<byte> text) =>
        decimal.TryParse(Encoding.UTF8.GetString(text).AsSpan().Trim(), NumberStyles.Number, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond
            ? (long)decimal.Round(seconds * TimeSpan.TicksPerSecond)
            : null;
}
