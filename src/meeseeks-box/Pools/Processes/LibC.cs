using System.Runtime.InteropServices;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Functions of the C library without an equivalent in .NET.</summary>
internal static partial class LibC
{
    /// <summary>X_OK for <see cref="Access"/>: execute a file, or enter a folder.</summary>
    public const int Executable = 1;

    /// <summary>W_OK for <see cref="Access"/>.</summary>
    public const int Writable = 2;

    /// <summary>R_OK for <see cref="Access"/>.</summary>
    public const int Readable = 4;

    /// <summary>Sends a signal; see kill(2).</summary>
    /// <returns>0, or -1 when the process does not exist or belongs to another user.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);

    /// <summary>Checks whether this process may use a file; see access(2).</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="mode">A sum of <see cref="Executable"/>, <see cref="Writable"/> and <see cref="Readable"/>.</param>
    /// <returns>0 when it may, else -1.</returns>
    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    /// <summary>Sets the handler of a signal; see signal(2).</summary>
    /// <returns>The previous handler.</returns>
    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint Signal(int signal, nint handler);
}
