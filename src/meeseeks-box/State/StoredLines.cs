namespace MeeseeksBox.Agent.State;

/// <summary>A line of a file of the box.</summary>
/// <param name="Text">The bytes without the newline, valid until the next line is read; empty when it is too long.</param>
/// <param name="IsTooLong">True when it is longer than the limit.</param>
/// <param name="IsLast">True when the file ends without a newline after it.</param>
internal readonly record struct StoredLine(ReadOnlyMemory<byte> Text, bool IsTooLong, bool IsLast);

/// <summary>Reads the lines of a file of the box, however damaged it is.</summary>
internal static class StoredLines
{
    /// <summary>The length in bytes of the longest line that is read.</summary>
    public const int Longest = 1 << 30;

    private const int Chunk = 64 * 1024;

    /// <summary>Reads all lines from the position of a file on.</summary>
    /// <param name="file">The file.</param>
    /// <param name="longest">The length in bytes of the longest line. A longer one is skipped.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<StoredLine> Read(Stream file, int longest = Longest)
    {
        var buffer = new byte[Chunk];
        var (start, scanned, end) = (0, 0, 0);
        var isTooLong = false;
        while (true)
        {
            if (Array.IndexOf(buffer, (byte)'\n', scanned, end - scanned) is >= 0 and var newline)
            {
                isTooLong |= newline - start > longest;
                yield return new StoredLine(isTooLong ? default : buffer.AsMemory(start, newline - start), isTooLong, IsLast: false);
                (start, scanned, isTooLong) = (newline + 1, newline + 1, false);
                continue;
            }

            if (end - start > longest)
                (start, isTooLong) = (end, true);

            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            (start, scanned, end) = (0, end - start, end - start);
            if (end == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, (long)longest + Chunk));

            var count = file.Read(buffer, end, buffer.Length - end);
            if (count is 0)
            {
                if (end > 0 || isTooLong)
                    yield return new StoredLine(isTooLong ? default : buffer.AsMemory(0, end), isTooLong, IsLast: true);
                yield break;
            }

            end += count;
        }
    }
}
