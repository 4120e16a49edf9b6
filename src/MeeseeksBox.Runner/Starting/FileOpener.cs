using System.Runtime.InteropServices;
using System.Text;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Limits;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>The runner as a process that opens the files of a job, sets its limits and executes its program in its own place.</summary>
/// <remarks>
/// For named pipes, whose opening waits for the other end, and for limits, which a process sets for itself. The variables of the job must
/// not change what the runtime of this process does, and all users can read its arguments: each has a prefix here.
/// </remarks>
internal static unsafe class FileOpener
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Option = "--open";

    // The words before those of the job: see Words.
    private const int OwnWords = 6 + StartLimits.WordCount;
    private const int LastSignal = 64;
    private const int CannotExecute = 126;
    private const byte Prefix = (byte)'_';

    /// <summary>True for the arguments of this process.</summary>
    public static bool IsMeant(IReadOnlyList<string> arguments) => arguments.Count >= OwnWords && arguments[0] is Option;

    /// <summary>The arguments of this process for an order: its own, and those of the job.</summary>
    /// <param name="order">The order.</param>
    /// <param name="program">Full path of its program.</param>
    /// <param name="limits">The limits that it sets.</param>
    /// <param name="isOpened">True when the files of the order are its streams already.</param>
    public static IReadOnlyList<byte[]> Words(StartOrder order, string program, StartLimits limits, bool isOpened)
    {
        string?[] files = isOpened ? [null, null, null] : [order.Input, order.Output, order.Errors];
        string[] own =
        [
            "meeseeks-runner", Option, .. files.Select(file => file ?? ""), program, .. limits.Words(),
        ];
        return [.. own.Select(ByteText.Encode), .. order.Arguments];
    }

    /// <summary>The environment of this process: the mark, by which a kill finds it, and the variables of the job.</summary>
    /// <remarks>And no socket for debuggers, which would outlive this program.</remarks>
    public static IReadOnlyList<byte[]> Variables(StartOrder order) =>
    [
        Encoding.UTF8.GetBytes($"{RunVariable.Name}={order.Run}"), "DOTNET_EnableDiagnostics=0"u8.ToArray(),
        .. order.Variables.Select(variable => (byte[])[Prefix, .. variable]),
    ];

    /// <summary>Opens the files and executes the program.</summary>
    /// <param name="arguments">The arguments of this process after its name: those of <see cref="Words"/>.</param>
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
            _ = LibC.Signal(signal, SignalDisposition.Default);

        // This process has one word more than its arguments, its name.
        var limits = StartLimits.Of([.. arguments.Skip(5).Take(StartLimits.WordCount)]);
        Say(Execute(program, limits));
        return CannotExecute;
    }

    // Returns the problem. The bytes are those that this process was given, which need not be text.
    private static string Execute(string program, StartLimits limits)
    {
        var (words, variables) = (File.ReadAllBytes("/proc/self/cmdline"), File.ReadAllBytes("/proc/self/environ"));
        fixed (byte* firstWord = words, firstVariable = variables)
        {
            var (word, variable) = ((nint)firstWord, (nint)firstVariable);
            nint[] arguments = [.. TextsIn(words).Skip(OwnWords).Select(start => word + start), 0];
            var meant = TextsIn(variables).Where(start => variables[start] is Prefix);
            nint[] environment = [.. meant.Select(start => variable + start + 1), 0];
            fixed (nint* argumentPointers = arguments, environmentPointers = environment)
            {
                if (limits.Apply() is { } problem)
                    return problem;

                _ = LibC.Execute(program, (byte**)argumentPointers, (byte**)environmentPointers);
            }
        }

        return StartFailure.TextOf(program, Marshal.GetLastPInvokeError());
    }

    // The starts of texts that have a NUL at their end.
    private static List<int> TextsIn(byte[] bytes)
    {
        List<int> starts = [];
        var position = 0;
        for (int length; (length = bytes.AsSpan(position).IndexOf((byte)0)) >= 0; position += length + 1)
            starts.Add(position);
        return starts;
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
