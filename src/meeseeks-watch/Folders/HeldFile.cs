using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>An open file, which stays the same one when another one takes its place.</summary>
internal sealed class HeldFile : IDisposable
{
    private readonly int _descriptor;

    private HeldFile(int descriptor) => _descriptor = descriptor;

    /// <summary>A path that leads to this file, whatever its name is.</summary>
    public string Path => $"/proc/self/fd/{_descriptor}";

    /// <summary>What the system knows about the file now.</summary>
    public FileFacts? Facts => FileKind.FactsOf(Path);

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isFollowed">True for the target of a symbolic link. Else a link fails.</param>
    /// <exception cref="IOException">It cannot be opened. The message names no file.</exception>
    public static HeldFile Open(string path, bool isFollowed)
    {
        var flags = OpenFlag.ReadOnly | OpenFlag.NonBlocking | OpenFlag.NoTerminal | OpenFlag.CloseOnExec;
        var descriptor = LibC.Open(path, isFollowed ? flags : flags | OpenFlag.NoFollow, 0);
        return descriptor >= 0
            ? new HeldFile(descriptor)
            : throw new IOException(FileProblem.TextOf(Marshal.GetLastPInvokeError()), Marshal.GetLastPInvokeError());
    }

    /// <inheritdoc/>
    public void Dispose() => _ = LibC.Close(_descriptor);
}
