using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Output;

namespace MeeseeksBox.Runner;

/// <summary>What the runner does not take over from its starter, so that its jobs do not either.</summary>
internal static class Surroundings
{
    private const int SetChildSubreaper = 36;

    private static readonly int[] Ignored =
    [
        SignalNumber.Hangup, SignalNumber.Interrupt, SignalNumber.Quit, SignalNumber.BrokenPipe, SignalNumber.FileSize,
    ];

    /// <summary>Leaves the session of the starter, its folder and its files, and ignores what a terminal sends.</summary>
    /// <param name="folder">The folder to work in.</param>
    public static void Set(SpoolFolder folder)
    {
        foreach (var signal in Ignored)
            _ = LibC.Signal(signal, SignalDisposition.Ignore);

        // A starter may ignore it, and the system then does not tell how a child has ended.
        _ = LibC.Signal(SignalNumber.Child, SignalDisposition.Default);

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
                && descriptor > 2 && FileDescriptor.IsInherited(descriptor))
            {
                _ = LibC.Close(descriptor);
            }
        }
    }
}
