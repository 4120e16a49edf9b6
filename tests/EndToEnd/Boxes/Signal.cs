using System.Runtime.InteropServices;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Sends signals to processes.</summary>
public static partial class Signal
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal.</summary>
    public static void Send(int pid, int signal)
    {
        if (SendSignal(pid, signal) < 0)
            throw new InvalidOperationException(
                $"signal {signal} to process {pid}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>True when the process exists and has not ended.</summary>
    public static bool IsAlive(int pid) => StateOf(pid) is not (null or 'Z' or 'X');

    /// <summary>True when the process exists and is stopped.</summary>
    public static bool IsStopped(int pid) => StateOf(pid) is 'T';

    /// <summary>When a process started, in ticks since the start of the system; null when it does not exist.</summary>
    public static string? StartOf(int pid) => FieldsOf(pid)?[19];

    // The field after the name in brackets is the state; Z is a zombie.
    private static char? StateOf(int pid) => FieldsOf(pid)?[0][0];

    private static string[]? FieldsOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
