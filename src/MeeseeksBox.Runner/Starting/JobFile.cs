using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Opens the files of a job; see <see cref="LibC.Open"/>.</summary>
internal static class JobFile
{
    private const int CreationMode = 0x1b6; // rw for everybody, less the umask
    private const int Always = OpenFlag.CloseOnExec | OpenFlag.NoTerminal;

    /// <summary>Opens a file to read.</summary>
    public static int OpenInput(string file) => LibC.Open(file, OpenFlag.ReadOnly | Always, 0);

    /// <summary>Opens a file to append to, and creates a missing one.</summary>
    public static int OpenOutput(string file) =>
        LibC.Open(file, OpenFlag.WriteOnly | OpenFlag.Create | OpenFlag.Append | Always, CreationMode);
}
