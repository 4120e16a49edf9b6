using System.Globalization;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner;

/// <summary>What the runner does not take over from its starter, so that its jobs do not either.</summary>
internal static class Surroundings
{
    private const int GetFlags = 1;
    private const int ClosesOnExec = 1;
    private const int SetChildSubreaper = 36;
    private const nint Default = 0;
    private const nint Ignore = 1;

    private static readonly int[] Ignored =
    [
        SignalNumber.Hangup, SignalNumber.Interrupt, SignalNumber.Quit, SignalNumber.BrokenPipe, SignalNumber.FileSize,
    ];

    /// <summary>Leaves the session of the starter, its folder and its files, and ignores what a terminal sends.</summary>
    /// <param name="folder">The folder to work in.</param>
    public static void Set(SpoolFolder folder)
    {
        foreach (var signal in Ignored)
            _ = LibC.Signal(signal, Ignore);

        // A starter may ignore it, and the system then does not tell how a child has ended.
        _ = LibC.Signal(SignalNumber.Child, Default);

        // Fails for the leader of a group, which has left the session already.
        _ = LibC.SetSid();
        _ = LibC.Prctl(SetChildSubreaper, 1, 0, 0, 0);
        folder.Enter();
        CloseInherited();
    }

    // Those of the runtime are closed by an exec; all others are of the starter.
    private static void CloseInherited()
    {
        foreach (var name in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(name), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
                && descriptor > 2 && (LibC.Fcntl(descriptor, GetFlags, 0) & ClosesOnExec) is 0)
            {
                _ = LibC.Close(descriptor);
            }
        }
    }
}
