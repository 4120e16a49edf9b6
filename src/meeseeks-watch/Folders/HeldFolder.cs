using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A folder that stays in reach when another one takes its place at its path.</summary>
/// <remarks>While it is held, its file system cannot be unmounted. So it is held for jobs in flight only.</remarks>
internal sealed class HeldFolder : IDisposable
{
    private int _descriptor;

    private HeldFolder(int descriptor, FileId id) => (_descriptor, Id) = (descriptor, id);

    /// <summary>The folder.</summary>
    public FileId Id { get; }

    /// <summary>A path that leads to this folder, wherever it is.</summary>
    public string Path => $"/proc/self/fd/{_descriptor}";

    /// <summary>The path of a name in it.</summary>
    public string At(string name) => System.IO.Path.Join(Path, name);

    /// <summary>What is at a name in it, a link itself; null for nothing.</summary>
    public FileFacts? FactsOf(string name) => FileKind.FactsOf(At(name), isFollowed: false);

    /// <summary>True when the folder was deleted, so that nothing can be written into it.</summary>
    public bool IsDeleted => FileKind.FactsOf(Path) is not { Links: > 0 };

    /// <summary>The folder at a path; null when there is none.</summary>
    public static FileId? IdOf(string path) => FileKind.FactsOf(path) is { Kind: FileKind.Folder } facts ? facts.Id : null;

    /// <summary>Holds the folder at a path; null when it cannot be opened.</summary>
    public static HeldFolder? TryOpen(string path) => TryOpen(path, out _);

    /// <summary>Holds the folder at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="problem">Why the folder there cannot be opened; null when it can, or when there is none.</param>
    public static HeldFolder? TryOpen(string path, out string? problem)
    {
        problem = null;
        var descriptor = LibC.Open(path, OpenFlag.PathOnly | OpenFlag.CloseOnExec, 0);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is not (ErrorNumber.NoEntry or ErrorNumber.NotFolder))
                problem = error is ErrorNumber.ProcessStarved ? "too many open files (ulimit -n)" : ErrorNumber.TextOf(error);
            return null;
        }

        if (IdOf($"/proc/self/fd/{descriptor}") is { } id)
            return new HeldFolder(descriptor, id);

        _ = LibC.Close(descriptor);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_descriptor >= 0)
            _ = LibC.Close(_descriptor);
        _descriptor = -1;
    }
}
