using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>A file system of 1 MiB that can be filled. Only root can create one: for others the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _isMounted;

    public SmallDisk()
    {
        try
        {
            Tool.NeedsRoot("a disk to fill up");
            Tool.Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _folder.Path);
            _isMounted = true;
        }
        finally
        {
            if (!_isMounted)
                _folder.Dispose();
        }
    }

    /// <summary>Full path of a file on the disk.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Fills the disk.</summary>
    public void Fill()
    {
        using var filler = new FileStream(
            File("filler"), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
        try
        {
            for (var bytes = new byte[4096]; ;)
                filler.Write(bytes);
        }
        catch (IOException)
        {
            // The disk is full now.
        }
    }

    /// <summary>Makes room again.</summary>
    public void MakeRoom() => System.IO.File.Delete(File("filler"));

    /// <summary>Remounts the disk read-only.</summary>
    public void MakeReadOnly() => Tool.Run("mount", "-o", "remount,ro", _folder.Path);

    public void Dispose()
    {
        Tool.Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }
}
