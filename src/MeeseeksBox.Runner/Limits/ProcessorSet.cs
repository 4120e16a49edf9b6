using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Limits;

/// <summary>The processors that a thread and its later children may use; see sched_setaffinity(2).</summary>
internal static unsafe class ProcessorSet
{
    // One bit for each of 8192 processors, which is more than a kernel can have.
    private const int Size = 1024;
    private const int Bits = 8;
    private const int ThisThread = 0;

    /// <summary>The numbers of the processors that this thread may use; empty when the system does not tell.</summary>
    public static IReadOnlyList<int> Own()
    {
        var mask = new byte[Size];
        fixed (byte* pointer = mask)
        {
            if (LibC.GetAffinity(ThisThread, Size, pointer) < 0)
                return [];
        }

        return [.. Enumerable.Range(0, Size * Bits).Where(processor => (mask[processor / Bits] & (1 << (processor % Bits))) is not 0)];
    }

    /// <summary>Sets the processors that this thread may use.</summary>
    public static bool TrySet(IReadOnlyList<int> processors)
    {
        var mask = stackalloc byte[Size];
        new Span<byte>(mask, Size).Clear();
        foreach (var processor in processors)
            mask[processor / Bits] |= (byte)(1 << (processor % Bits));

        return LibC.SetAffinity(ThisThread, Size, mask) is 0;
    }
}
