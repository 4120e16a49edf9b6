using System.Runtime.InteropServices;
using System.Text;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>The signals, streams and limits that a program inherits from its starter (docs/SPECIFICATION.md#start-of-a-program).</summary>
/// <remarks>
/// The runtime copies signals to its threads before the first line of the program. So a program that must change them executes itself
/// again. Neither the console nor other libraries are used, because they need descriptors.
/// </remarks>
public static unsafe partial class InheritedState
{
    // The runtime opens about 70 files for its libraries and threads, and the log, the state and the listener need some.
    private const ulong LeastFiles = 128;

    private const int OpenFilesLimit = 7;
    private const int FileSize = 25;
    private const int ChildEnded = 17;
    private const int StandardError = 2;
    private const nint Default = 0;
    private const nint Ignore = 1;
    private const int SetMask = 2;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;

    // SIGHUP, SIGINT, SIGQUIT, SIGTERM and SIGCHLD: nohup, a background job of a script, or a service manager may ignore them.
    private static readonly int[] Used = [1, 2, 3, 15, ChildEnded];

    // In words; more than sigset_t and struct sigaction have. The first field of the latter is the handler.
    private const int StructSize = 64;

    /// <summary>Gives signals their default actions, blocks none, and opens the standard streams that are closed.</summary>
    /// <remarks>
    /// A closed stream gets /dev/null, because the next file that is opened would get its number; its use still fails. A write beyond a
    /// limit of the file size (<c>ulimit -f</c>) is an error instead of the end of the process. A limit of open files that is too low ends
    /// the program.
    /// </remarks>
    /// <param name="program">The name of the program, for an error.</param>
    public static void Prepare(string program)
    {
        RequireFiles(program);
        if (ResetSignals() | OpenStreams())
            ExecuteAgain();

        _ = Signal(FileSize, Ignore);

        // The parent of all orphans in a container. The runtime reaps them when the end of children was ignored before.
        if (Environment.ProcessId is 1)
            _ = Signal(ChildEnded, Ignore);
    }

    private static void RequireFiles(string program)
    {
        var limits = stackalloc ulong[2];
        if (GetLimit(OpenFilesLimit, limits) is not 0 || limits[0] >= LeastFiles)
            return;

        var error = Encoding.UTF8.GetBytes(
            $"{program}: cannot start: at most {limits[0]} files may be open, and {LeastFiles} are needed; "
                + "raise the limit (ulimit -n, or LimitNOFILE= of a systemd unit)\n");
        fixed (byte* bytes = error)
            _ = IsInherited(StandardError) ? Write(StandardError, bytes, error.Length) : 0;
        Environment.Exit(1);
    }

    private static bool ResetSignals()
    {
        var isChanged = false;
        var action = stackalloc nint[StructSize];
        foreach (var signal in Used)
        {
            if (SignalAction(signal, null, action) is 0 && *action is Ignore)
            {
                _ = Signal(signal, Default);
                isChanged |= signal is not ChildEnded || Environment.ProcessId is not 1;
            }
        }

        var none = stackalloc nint[StructSize];
        var mask = stackalloc nint[StructSize];
        return (SignalMask(SetMask, none, mask) is 0 && *(ulong*)mask is not 0) | isChanged;
    }

    private static bool OpenStreams()
    {
        var isChanged = false;
        for (var descriptor = 0; descriptor <= StandardError; descriptor++)
        {
            if (IsInherited(descriptor))
                continue;

            var nothing = Open("/dev/null", descriptor is 0 ? WriteOnly : ReadOnly, 0);
            if (nothing >= 0 && nothing != descriptor)
            {
                _ = Dup2(nothing, descriptor);
                _ = Close(nothing);
            }

            isChanged |= nothing >= 0;
        }

        return isChanged;
    }

    // A descriptor of the runtime closes on an exec. One of the starter cannot.
    private static bool IsInherited(int descriptor) =>
        Fcntl(descriptor, GetDescriptorFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) is 0;

    // Returns only on a failure, and the program then goes on as well as it can.
    private static void ExecuteAgain()
    {
        var words = File.ReadAllBytes("/proc/self/cmdline");
        var starts = new List<int> { 0 };
        for (var index = 0; index < words.Length - 1; index++)
        {
            if (words[index] is 0)
                starts.Add(index + 1);
        }

        fixed (byte* text = words)
        {
            var arguments = stackalloc byte*[starts.Count + 1];
            for (var index = 0; index < starts.Count; index++)
                arguments[index] = text + starts[index];
            arguments[starts.Count] = null;
            _ = Execute("/proc/self/exe", arguments);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SignalAction(int signal, nint* set, nint* old);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int SignalMask(int how, nint* set, nint* old);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte* bytes, nint length);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, byte** arguments);
}
