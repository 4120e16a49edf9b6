using MeeseeksBox.Foundation.Unix;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Foundation.Files;

/// <summary>Makes files, and the names in folders, survive a power cut. A test may record the calls.</summary>
public class DiskFlush
{
    /// <summary>The flush of the disk.</summary>
    public static DiskFlush Real { get; } = new();

    /// <summary>Completes when the content of a file is on disk; its name need not be.</summary>
    /// <exception cref="IOException">The flush failed.</exception>
    public virtual void Content(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Completes when the content of a file that somebody else has written is on disk; its name need not be.</summary>
    /// <exception cref="IOException">The file cannot be read, or the flush failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public void Content(string path)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        Content(file);
    }

    /// <summary>Completes when the name of a file or folder is on disk, and with it all other changes of names in its folder.</summary>
    /// <param name="path">The path, whose last name may be gone.</param>
    /// <exception cref="IOException">The flush failed.</exception>
    public virtual void NameOf(string path) => FolderFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");

    /// <summary>Completes when the names in a folder, or the content and the attributes of a file, are on disk.</summary>
    /// <param name="path">The path. Of one that is gone, nothing is left to flush.</param>
    /// <exception cref="IOException">The flush failed.</exception>
    public virtual void Of(string path)
    {
        if (FileKind.Of(path) is not FileKind.None)
            FolderFlush.Flush(path);
    }
}
