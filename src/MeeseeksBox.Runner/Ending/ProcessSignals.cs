using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Ending;

/// <summary>Sends signals to processes of a snapshot, and never to a later process with the same id; see pidfd_open(2).</summary>
internal static class ProcessSignals
{
    // The numbers of these system calls are the same on all architectures of .NET.
    private const nint OpenProcess = 434;
    private const nint SendSignal = 424;

    /// <summary>Sends signals to a process, in their order. A failure is ignored: the next snapshot has the process.</summary>
    public static void Send(ProcessEntry entry, ReadOnlySpan<int> signals)
    {
        var descriptor = (int)LibC.SystemCall(OpenProcess, entry.Pid, 0, 0, 0);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() is ErrorNumber.NoProcess)
            return;

        // The start is read after the descriptor was opened: if it is the same, the descriptor is that of the process in the snapshot.
        if (IsSame(entry))
        {
            foreach (var signal in signals)
                Send(entry.Pid, descriptor, signal);
        }

        if (descriptor >= 0)
            _ = LibC.Close(descriptor);
    }

    // A kernel before 5.3 or a filter of system calls lacks the calls, and a busy host may lack a descriptor.
    private static void Send(int pid, int descriptor, int signal)
    {
        if (descriptor < 0
            || (LibC.SystemCall(SendSignal, descriptor, signal, 0, 0) < 0 && Marshal.GetLastPInvokeError() is not ErrorNumber.NoProcess))
            _ = LibC.Kill(pid, signal);
    }

    private static bool IsSame(ProcessEntry entry)
    {
        try
        {
            return ProcFs.Find(entry.Pid)?.StartTicks == entry.StartTicks;
        }
        catch (IOException)
        {
            // No descriptor is left to read with, and the processes of a job must end nonetheless.
            return true;
        }
    }
}
