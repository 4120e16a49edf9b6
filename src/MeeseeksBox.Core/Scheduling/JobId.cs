using System.Buffers.Binary;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Generates ids for jobs that were submitted without one.</summary>
internal static class JobId
{
    /// <summary>Generates a UUID of version 7 (RFC 9562), which sorts by time to a quarter of a microsecond.</summary>
    /// <remarks>The method of the framework does not accept a source of randomness.</remarks>
    public static string Create(Instant now, Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        var quarters = (ulong)(Math.Max(now.Wall, 0) * 4_096_000);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, quarters >> 12 << 16 | 0x7000 | (quarters & 0xFFF));
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
