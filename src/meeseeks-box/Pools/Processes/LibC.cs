using System.Runtime.InteropServices;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>What the C library of the system does that .NET has no words for.</summary>
internal static partial class LibC
{
    /// <summary>For <see cref="Access"/>: may be executed, or, a folder, entered.</summary>
    public const int Executable = 1;

    /// <summary>For <see cref="Access"/>: may be written to.</summary>
    public const int Writable = 2;

    /// <summary>For <see cref="Access"/>: may be read.</summary>
    public const int Readable = 4;

    /// <summary>Sends a signal; see kill(2).</summary>
    /// <returns>0, or -1 when there is no such process or it is not ours to signal.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);

    /// <summary>Asks whether this process may use a file; see access(2).</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="mode">A sum of <see cref="Executable"/>, <see cref="Writable"/> and <see cref="Readable"/>.</param>
    /// <returns>0 when it may, -1 when not.</returns>
    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    /// <summary>Sets what a signal does to this process; see signal(2).</summary>
    /// <returns>What it did before.</returns>
    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint Signal(int signal, nint handler);
}
