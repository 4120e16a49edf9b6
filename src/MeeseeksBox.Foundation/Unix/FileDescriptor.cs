namespace MeeseeksBox.Foundation.Unix;

/// <summary>The open files of this process, by their descriptors; see fcntl(2) and poll(2).</summary>
internal static unsafe class FileDescriptor
{
    /// <summary>The descriptor can be read (POLLIN).</summary>
    public const short Readable = 1;

    /// <summary>The descriptor takes bytes (POLLOUT).</summary>
    public const short Writable = 4;

    private const int GetFlags = 1;
    private const int GetStatus = 3;
    private const int SetStatus = 4;
    private const int AccessBits = 3;
    private const int DuplicateFrom = 1030;
    private const int FirstFree = 3;

    /// <summary>True for an open file that the starter of this program may have left. Those of the runtime close on an exec.</summary>
    public static bool IsInherited(int descriptor) => LibC.Fcntl(descriptor, GetFlags, 0) is 0;

    /// <summary>The mode in which it was opened, such as <see cref="OpenFlag.ReadOnly"/>.</summary>
    public static int AccessOf(int descriptor) => LibC.Fcntl(descriptor, GetStatus, 0) & AccessBits;

    /// <summary>Sets whether reads and writes wait. Returns -1 on a failure.</summary>
    public static int SetBlocking(int descriptor, bool isBlocking) =>
        LibC.Fcntl(descriptor, SetStatus, isBlocking ? 0 : OpenFlag.NonBlocking);

    /// <summary>Opens it a second time, with a number above the standard streams; closes on an exec. Returns -1 on a failure.</summary>
    public static int Duplicate(int descriptor) => LibC.Fcntl(descriptor, DuplicateFrom, FirstFree);

    /// <summary>Waits until it is ready, or has failed.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="readiness"><see cref="Readable"/> or <see cref="Writable"/>.</param>
    /// <param name="timeout">The maximum wait in milliseconds; -1 for none.</param>
    /// <returns>False when the wait was too long.</returns>
    public static bool Await(int descriptor, short readiness, int timeout)
    {
        // struct pollfd: the descriptor, the requested and the returned events.
        var poll = stackalloc int[2] { descriptor, readiness };
        return LibC.Poll(poll, 1, timeout) is not 0;
    }
}
