using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace MeeseeksBox.Agent.State;

/// <summary>The checksum at the end of a line of the journal: <c>,"crc":"e3069283"}</c> instead of the last bracket.</summary>
/// <remarks>It is the CRC-32C of all bytes before it. Lines of earlier versions have none.</remarks>
internal static class JournalChecksum
{
    private const int Digits = 8;

    // Bounds the time for a damaged line, which may have many beginnings of records in its values.
    private const int MostAttempts = 100;

    private static readonly int Length = Key.Length + Digits + End.Length;

    private static readonly byte[][] Beginnings = [[.. "{\"job\":{"u8], [.. "{\"ended\":{"u8], [.. "{\"gone\":\""u8]];

    private static ReadOnlySpan<byte> Key => ",\"crc\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Adds the checksum to the line at the end of a buffer.</summary>
    /// <param name="lines">The buffer, which ends with the last bracket of the line.</param>
    /// <param name="start">The position of the line.</param>
    public static void Add(MemoryStream lines, long start)
    {
        lines.SetLength(lines.Length - 1);
        var crc = Of(lines.GetBuffer().AsSpan((int)start, (int)(lines.Length - start)));
        Span<byte> digits = stackalloc byte[Digits];
        _ = crc.TryFormat(digits, out _, "x8", CultureInfo.InvariantCulture);
        lines.Write(Key);
        lines.Write(digits);
        lines.Write(End);
    }

    /// <summary>True when a line ends with a checksum.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isRight">True when the line has not changed since.</param>
    public static bool IsIn(ReadOnlySpan<byte> line, out bool isRight)
    {
        var isThere = line.Length >= Length && HasAt(line, line.Length - Length);
        isRight = isThere && Stored(line, line.Length - Length) == Of(line[..^Length]);
        return isThere;
    }

    /// <summary>Finds undamaged records in a damaged line: those that begin with the line, and the one that ends with it.</summary>
    /// <remarks>Damage between two records costs none. A value in a record may look like one, but neither begins nor ends a line.</remarks>
    public static IEnumerable<ReadOnlyMemory<byte>> RecordsIn(ReadOnlyMemory<byte> line)
    {
        while (FirstIn(line.Span) is > 0 and var length)
        {
            yield return line[..length];
            line = line[length..];
        }

        if (LastIn(line.Span) is >= 0 and var start)
            yield return line[start..];
    }

    /// <summary>The CRC-32C of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }

    // The length of the record that begins with the text; 0 for none.
    private static int FirstIn(ReadOnlySpan<byte> text)
    {
        var crc = uint.MaxValue;
        for (var at = 0; text[at..].IndexOf(Key) is >= 0 and var found && at + found + Length <= text.Length; at += found + Key.Length)
        {
            crc = Continue(crc, text.Slice(at, found));
            if (HasAt(text, at + found) && Stored(text, at + found) == ~crc)
                return at + found + Length;
            crc = Continue(crc, Key);
        }

        return 0;
    }

    // The start of the record that ends with the text; -1 for none.
    private static int LastIn(ReadOnlySpan<byte> text)
    {
        if (!IsIn(text, out _))
            return -1;

        var attempts = 0;
        for (var start = 0; text[start..].IndexOf("{\""u8) is >= 0 and var found && attempts < MostAttempts; start++)
        {
            start += found;
            if (!IsBeginning(text[start..]))
                continue;
            if (IsIn(text[start..], out var isRight) && isRight)
                return start;
            attempts++;
        }

        return -1;
    }

    private static bool IsBeginning(ReadOnlySpan<byte> text)
    {
        foreach (var beginning in Beginnings)
        {
            if (text.StartsWith(beginning))
                return true;
        }

        return false;
    }

    private static bool HasAt(ReadOnlySpan<byte> line, int at) =>
        line[at..].StartsWith(Key) && line[(at + Key.Length + Digits)..].StartsWith(End);

    private static uint? Stored(ReadOnlySpan<byte> line, int at) =>
        Utf8Parser.TryParse(line.Slice(at + Key.Length, Digits), out uint crc, out var length, 'x') && length is Digits ? crc : null;
}
