using System.Runtime.InteropServices;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Signals that the box sends, and signal handlers that its jobs inherit.</summary>
internal static class Signals
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGSTOP.</summary>
    public const int Stop = 19;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    private const int BrokenPipe = 13;

    /// <summary>Restores the default action of SIGPIPE for new child processes (docs/SPECIFICATION.md#job-signals).</summary>
    /// <remarks>
    /// The runtime ignores SIGPIPE, and exec keeps an ignored signal but resets one with a handler. So SIGPIPE gets a handler that does
    /// nothing: <c>getppid</c> is safe in a signal handler and uses no argument. It must be native code, because a signal may arrive on a
    /// thread that the runtime did not create.
    /// </remarks>
    public static void RestoreSigPipeForChildren() =>
        LibC.Signal(BrokenPipe, NativeLibrary.GetExport(NativeLibrary.Load("libc"), "getppid"));
}
