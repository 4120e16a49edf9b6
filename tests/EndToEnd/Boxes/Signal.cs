using System.Runtime.InteropServices;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Signals to processes.</summary>
public static partial class Signal
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>Sends one.</summary>
    public static void Send(int pid, int signal)
    {
        if (Kill(pid, signal) < 0)
            throw new InvalidOperationException($"signal {signal} to process {pid}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Whether there is such a process that has not ended.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            // What stands after the name, which is in brackets: Z is a process that has ended and that nobody has asked for.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
