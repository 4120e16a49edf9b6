using System.Runtime.InteropServices;

namespace TestProgram;

/// <summary>System calls that .NET does not provide.</summary>
internal static partial class Native
{
    private const int Terminate = 15;
    private const nint Ignored = 1;

    private const int WriteOnly = 1;
    private const int Create = 64;
    private const int AppendAlways = 1024;
    private const int ReadableByAll = 420;

    /// <summary>Ignores SIGTERM from now on.</summary>
    public static void IgnoreTerminate() => Signal(Terminate, Ignored);

    /// <summary>Sends this process a signal, with its default action.</summary>
    public static void SignalMyself(int signal)
    {
        Signal(signal, 0);
        Check(Kill(Environment.ProcessId, signal));
    }

    /// <summary>Moves this process to a new session.</summary>
    public static void StartSession() => Check(SetSession());

    /// <summary>Appends to a file with one atomic write (<c>O_APPEND</c>), unlike the append mode of .NET.</summary>
    public static void Append(string path, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var file = Open(path, WriteOnly | Create | AppendAlways, ReadableByAll);
        Check(file);
        Check((int)Write(file, bytes, bytes.Length));
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new InvalidOperationException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, byte[] bytes, nint count);
}
