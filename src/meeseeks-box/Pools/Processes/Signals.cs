using System.Runtime.InteropServices;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The signals that the box sends, and those that its jobs start with.</summary>
internal static class Signals
{
    /// <summary>SIGKILL: ends a process, whether it wants to or not.</summary>
    public const int Kill = 9;

    /// <summary>SIGSTOP: halts a process where it is.</summary>
    public const int Stop = 19;

    /// <summary>SIGTERM: asks a process to end.</summary>
    public const int Terminate = 15;

    private const int BrokenPipe = 13;

    /// <summary>
    /// Makes processes that are started from now on die of a broken pipe, as those that a shell starts do
    /// (docs/SPECIFICATION.md#job-signals).
    /// </summary>
    /// <remarks>
    /// The runtime ignores SIGPIPE, and what is ignored stays so across exec, while a handler is reset. So SIGPIPE gets a handler,
    /// and one that does nothing: <c>getppid</c> is safe in a signal handler and looks at no argument. It has to be native code,
    /// because a signal may come on a thread that the runtime does not know.
    /// </remarks>
    public static void RestoreSigPipeForChildren() =>
        LibC.Signal(BrokenPipe, NativeLibrary.GetExport(NativeLibrary.Load("libc"), "getppid"));
}
