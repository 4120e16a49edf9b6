using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Loop;

/// <summary>Waits for many descriptors at once; see epoll(7).</summary>
internal sealed unsafe class Poller : IDisposable
{
    /// <summary>There is something to read, or the other end is closed.</summary>
    public const int Readable = 1;

    /// <summary>There is room to write.</summary>
    public const int Writable = 4;

    /// <summary>Tells each write once, so that nobody has to read what was written.</summary>
    public const int EdgeTriggered = 1 << 31;

    private const int AddOne = 1;
    private const int DeleteOne = 2;
    private const int ModifyOne = 3;
    private const int MostEvents = 64;

    // The structure has no gap between its two numbers on x86, and one of four bytes elsewhere.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly int _epoll = SystemCall.Check(LibC.EpollCreate(OpenFlag.CloseOnExec), "epoll");
    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * EventSize, pinned: true);

    /// <summary>Begins to wait for a descriptor.</summary>
    /// <returns>False when the system cannot watch any more descriptors.</returns>
    public bool TryAdd(int descriptor, int events) => TryControl(AddOne, descriptor, events);

    /// <summary>Changes what it waits for.</summary>
    public void Modify(int descriptor, int events) => TryControl(ModifyOne, descriptor, events);

    /// <summary>Waits for a descriptor no longer. To be called before it is closed.</summary>
    /// <remarks>A process that is being started may have the descriptor for a while, and the system would go on to report it.</remarks>
    public void Delete(int descriptor) => TryControl(DeleteOne, descriptor, 0);

    /// <summary>Waits.</summary>
    /// <param name="milliseconds">The longest time; -1 without a limit.</param>
    /// <returns>The number of descriptors for <see cref="Found"/>.</returns>
    public int Wait(int milliseconds)
    {
        fixed (byte* events = _events)
            return LibC.EpollWait(_epoll, events, MostEvents, milliseconds);
    }

    /// <summary>A descriptor that the last wait has found.</summary>
    public int Found(int index) => BinaryPrimitives.ReadInt32LittleEndian(_events.AsSpan((index * EventSize) + DataOffset));

    /// <inheritdoc/>
    public void Dispose() => _ = LibC.Close(_epoll);

    private bool TryControl(int operation, int descriptor, int events)
    {
        Span<byte> change = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(change, events);
        BinaryPrimitives.WriteInt64LittleEndian(change[DataOffset..], descriptor);
        fixed (byte* pointer = change)
            return LibC.EpollControl(_epoll, operation, descriptor, pointer) is 0;
    }
}
