using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Children;

/// <summary>The signal of the system that a child has ended (SIGCHLD), as a descriptor; see signalfd(2).</summary>
/// <remarks>
/// A thread that does not block the signal would take it from the descriptor. The runtime has threads before the program begins, and a
/// thread blocks what its maker blocks. So the program executes itself once, with the signal blocked.
/// </remarks>
internal static unsafe class ChildSignal
{
    // Larger than the structures of any C library.
    private const int SetSize = 128;
    private const int InfoSize = 128;
    private const int MostInfos = 8;
    private const int BlockMore = 0;

    // A set has one bit for each signal, in words of the machine.
    private static readonly nuint Bit = (nuint)1 << (SignalNumber.Child - 1);

    /// <summary>Sees to it that all threads block the signal. Does not return when the program has to execute itself for that.</summary>
    /// <param name="arguments">All arguments of the program, its name first.</param>
    /// <exception cref="IOException">It cannot execute itself.</exception>
    public static void BlockInAllThreads(IReadOnlyList<string> arguments)
    {
        var before = stackalloc byte[SetSize];
        var set = stackalloc byte[SetSize];
        Fill(set);
        _ = LibC.ChangeSignalMask(BlockMore, set, before);
        if ((*(nuint*)before & Bit) is not 0)
            return;

        nint[] words = [.. arguments.Select(Marshal.StringToCoTaskMemUTF8), 0];
        fixed (nint* pointers = words)
        {
            // The system shows the last part of the path as the name of the process.
            if (Environment.ProcessPath is { } program)
                _ = LibC.ExecuteHere(program, (byte**)pointers);
            _ = SystemCall.Check(LibC.ExecuteHere(SystemCall.OwnProgram, (byte**)pointers), SystemCall.OwnProgram);
        }
    }

    /// <summary>Opens the descriptor, which is readable when a child has ended since the last <see cref="Consume"/>.</summary>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public static int Open()
    {
        var set = stackalloc byte[SetSize];
        Fill(set);
        return SystemCall.Check(LibC.SignalDescriptor(-1, set, OpenFlag.CloseOnExec | OpenFlag.NonBlocking), "signalfd");
    }

    /// <summary>Takes what was signalled so far.</summary>
    public static void Consume(int descriptor)
    {
        var infos = stackalloc byte[InfoSize * MostInfos];
        _ = LibC.Read(descriptor, infos, InfoSize * MostInfos);
    }

    private static void Fill(byte* set)
    {
        new Span<byte>(set, SetSize).Clear();
        *(nuint*)set = Bit;
    }
}
