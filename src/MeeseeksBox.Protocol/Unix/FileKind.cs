using System.Runtime.InteropServices;

namespace MeeseeksBox.Protocol.Unix;

/// <summary>What stands at a path. .NET tells folders and links from the rest, but no pipe or device from a file.</summary>
public static partial class FileKind
{
    /// <summary>Nothing, or nothing that can be seen.</summary>
    public const int None = 0;

    /// <summary>A regular file (S_IFREG).</summary>
    public const int Regular = 0x8000;

    /// <summary>A socket (S_IFSOCK).</summary>
    public const int Socket = 0xC000;

    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int KindBits = 0xF000;

    // Of struct statx, which is the same on every architecture; struct stat is not.
    private const int Size = 256;
    private const int ModeOffset = 28;

    /// <summary>The kind of file, as the type bits of its mode (inode(7)); a link counts as what it leads to.</summary>
    public static int Of(string path)
    {
        Span<byte> answer = stackalloc byte[Size];
        return Statx(CurrentFolder, path, 0, TypeOnly, answer) is 0
            ? BitConverter.ToUInt16(answer[ModeOffset..]) & KindBits
            : None;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> answer);
}
