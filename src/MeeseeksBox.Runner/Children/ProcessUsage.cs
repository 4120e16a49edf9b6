using System.Runtime.InteropServices;

namespace MeeseeksBox.Runner.Children;

/// <summary>The resources that a process has used, with those of the children that it has waited for; see getrusage(2).</summary>
/// <param name="Cpu">Time of all processors, in microseconds.</param>
/// <param name="MaxRss">Largest memory of one process, in bytes.</param>
/// <param name="Read">Bytes that came from disks.</param>
/// <param name="Written">Bytes that went to disks.</param>
internal sealed record ProcessUsage(long Cpu, long MaxRss, long Read, long Written)
{
    /// <summary>Size of the structure of the system, or more.</summary>
    public const int StructureSize = 256;

    private const int MicrosecondsPerSecond = 1_000_000;
    private const int KilobyteSize = 1024;

    // The unit of the system, whatever the disk has.
    private const int BlockSize = 512;

    // Numbers of the fields of the structure, each of which is one word.
    private const int SystemTime = 2;
    private const int MaximumMemory = 4;
    private const int BlocksRead = 9;
    private const int BlocksWritten = 10;

    /// <summary>Reads the structure.</summary>
    public static ProcessUsage Of(ReadOnlySpan<byte> structure)
    {
        var words = MemoryMarshal.Cast<byte, nint>(structure);
        return new ProcessUsage(
            Microseconds(words) + Microseconds(words[SystemTime..]),
            words[MaximumMemory] * (long)KilobyteSize,
            words[BlocksRead] * (long)BlockSize,
            words[BlocksWritten] * (long)BlockSize);
    }

    private static long Microseconds(ReadOnlySpan<nint> time) => (time[0] * (long)MicrosecondsPerSecond) + time[1];
}
