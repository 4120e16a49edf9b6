using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>The runner as a process that opens the files of a job and then executes its program in its own place.</summary>
/// <remarks>For named pipes, whose opening waits for the other end.</remarks>
internal static unsafe class FileOpener
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Option = "--open";

    // The number of Words: those of the job follow.
    private const int OwnWords = 6;
    private const int LastSignal = 64;
    private const int CannotExecute = 126;

    /// <summary>The arguments before those of the job.</summary>
    public static string[] Words(StartOrder order, string program) =>
        ["meeseeks-runner", Option, order.Input ?? "", order.Output ?? "", order.Errors ?? "", program];

    /// <summary>Opens the files and executes the program.</summary>
    /// <param name="arguments">The arguments of this process after its name: those of <see cref="Words"/>, and those of the job.</param>
    /// <returns>The exit status, when that failed.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var (input, output, errors, program) = (arguments[1], arguments[2], arguments[3], arguments[4]);
        if (!Opens(input, JobFile.OpenInput, 0) || !Opens(output, JobFile.OpenOutput, 1)
            || !(errors.Length > 0 && errors == output ? LibC.Dup2(1, 2) >= 0 : Opens(errors, JobFile.OpenOutput, 2)))
        {
            return CannotExecute;
        }

        for (var signal = 1; signal <= LastSignal; signal++)
            _ = LibC.Signal(signal, 0);

        // The bytes of the arguments are those that this process was given, which need not be text.
        var raw = File.ReadAllBytes("/proc/self/cmdline");
        var pointers = new nint[arguments.Count + 2 - (OwnWords - 1)];
        fixed (byte* start = raw)
        fixed (nint* vector = pointers)
        {
            var (position, count) = (0, 0);
            for (var index = 0; position < raw.Length; index++)
            {
                if (index >= OwnWords)
                    pointers[count++] = (nint)(start + position);
                position += raw.AsSpan(position).IndexOf((byte)0) + 1;
            }

            _ = LibC.Execute(program, (byte**)vector);
        }

        Say(StartFailure.TextOf(program, Marshal.GetLastPInvokeError()));
        return CannotExecute;
    }

    private static bool Opens(string file, Func<string, int> open, int stream)
    {
        if (file.Length is 0)
            return true;

        var descriptor = open(file);
        if (descriptor >= 0 && LibC.Dup2(descriptor, stream) >= 0)
            return true;

        Say($"cannot open {file}: {ErrorNumber.TextOf(Marshal.GetLastPInvokeError())}");
        return false;
    }

    // On the standard error of the job.
    private static void Say(string problem) => StandardStreams.Write(2, problem + "\n");
}
