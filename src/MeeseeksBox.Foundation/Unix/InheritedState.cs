using System.Text;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>The signals, streams and limits that a program inherits from its starter (docs/SPECIFICATION.md#start-of-a-program).</summary>
/// <remarks>
/// The runtime copies signals to its threads before the first line of the program. So a program that must change them executes itself
/// again. Neither the console nor other libraries are used, because they need descriptors.
/// </remarks>
public static unsafe class InheritedState
{
    // The runtime opens about 70 files for its libraries and threads, and the log, the state and the listener need some.
    private const ulong LeastFiles = 192;

    private const int OpenFilesLimit = 7;
    private const int StandardError = 2;
    private const int SetMask = 2;

    // Nohup, a background job of a script, or a service manager may ignore them.
    private static readonly int[] Used =
        [SignalNumber.Hangup, SignalNumber.Interrupt, SignalNumber.Quit, SignalNumber.Terminate, SignalNumber.Child];

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

        _ = LibC.Signal(SignalNumber.FileSize, SignalDisposition.Ignore);

        // The parent of all orphans in a container. The runtime reaps them when the end of children was ignored before.
        if (Environment.ProcessId is 1)
            _ = LibC.Signal(SignalNumber.Child, SignalDisposition.Ignore);
    }

    private static void RequireFiles(string program)
    {
        var limits = stackalloc ulong[2];
        if (LibC.GetResourceLimit(OpenFilesLimit, limits) is not 0 || limits[0] >= LeastFiles)
            return;

        var error = Encoding.UTF8.GetBytes(
            $"{program}: cannot start: at most {limits[0]} files may be open, and {LeastFiles} are needed; "
                + "raise the limit (ulimit -n, or LimitNOFILE= of a systemd unit)\n");
        fixed (byte* bytes = error)
            _ = FileDescriptor.IsInherited(StandardError) ? LibC.Write(StandardError, bytes, error.Length) : 0;
        Environment.Exit(1);
    }

    private static bool ResetSignals()
    {
        var isChanged = false;
        var action = stackalloc nint[StructSize];
        foreach (var signal in Used)
        {
            if (LibC.SignalAction(signal, null, action) is 0 && *action is SignalDisposition.Ignore)
            {
                _ = LibC.Signal(signal, SignalDisposition.Default);
                isChanged |= signal is not SignalNumber.Child || Environment.ProcessId is not 1;
            }
        }

        var none = stackalloc nint[StructSize];
        var mask = stackalloc nint[StructSize];
        return (LibC.ChangeSignalMask(SetMask, (byte*)none, (byte*)mask) is 0 && *(ulong*)mask is not 0) | isChanged;
    }

    private static bool OpenStreams()
    {
        var isChanged = false;
        for (var descriptor = 0; descriptor <= StandardError; descriptor++)
        {
            if (FileDescriptor.IsInherited(descriptor))
                continue;

            var nothing = LibC.Open("/dev/null", descriptor is 0 ? OpenFlag.WriteOnly : OpenFlag.ReadOnly, 0);
            if (nothing >= 0 && nothing != descriptor)
            {
                _ = LibC.Dup2(nothing, descriptor);
                _ = LibC.Close(nothing);
            }

            isChanged |= nothing >= 0;
        }

        return isChanged;
    }

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
            _ = LibC.ExecuteHere("/proc/self/exe", arguments);
        }
    }
}
