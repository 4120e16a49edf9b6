using System.Runtime.InteropServices;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Finds the type of the file at a path.</summary>
/// <remarks>.NET recognizes folders and links, but does not distinguish pipes and devices from files.</remarks>
public static partial class FileKind
{
    /// <summary>No file, or one that is not accessible.</summary>
    public const int None = 0;

    /// <summary>A regular file (S_IFREG).</summary>
    public const int Regular = 0x8000;

    /// <summary>A named pipe (S_IFIFO).</summary>
    public const int Pipe = 0x1000;

    /// <summary>A folder (S_IFDIR).</summary>
    public const int Folder = 0x4000;

    /// <summary>A block device (S_IFBLK).</summary>
    public const int BlockDevice = 0x6000;

    /// <summary>A symbolic link (S_IFLNK).</summary>
    public const int Link = 0xA000;

    /// <summary>A socket (S_IFSOCK).</summary>
    public const int Socket = 0xC000;

    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int KindBits = 0xF000;

    // Layout of struct statx, which is the same on every architecture, unlike struct stat.
    private const int Size = 256;
    private const int UserOffset = 20;
    private const int ModeOffset = 28;
    private const int NumberOffset = 32;
    private const int DeviceOffset = 136;
    private const int NoFollow = 0x100;
    private const uint ModeOnly = 0x2;
    private const uint OwnerOnly = 0x8;
    private const int OfOthers = 0x3f;
    private const int Itself = 0x1000;
    private const uint Birth = 0x800;
    private const uint BasicAndBirth = 0xfff;
    private const int LinksOffset = 16;
    private const int LengthOffset = 40;
    private const int BirthOffset = 80;
    private const int ChangeOffset = 96;
    private const int WriteOffset = 112;
    private const int NanosecondsPerTick = 100;

    /// <summary>The type bits of the mode of a file (inode(7)); a symbolic link is followed.</summary>
    public static int Of(string path)
    {
        Span<byte> answer = stackalloc byte[Size];
        return Statx(CurrentFolder, path, 0, TypeOnly, answer) is 0
            ? BitConverter.ToUInt16(answer[ModeOffset..]) & KindBits
            : None;
    }

    /// <summary>The type and the owner of an open file; null when the system does not tell.</summary>
    /// <param name="descriptor">Its descriptor.</param>
    public static (int Kind, uint User)? OwnerOf(int descriptor)
    {
        Span<byte> answer = stackalloc byte[Size];
        return Statx(descriptor, "", Itself, TypeOnly | OwnerOnly, answer) is 0
            ? (BitConverter.ToUInt16(answer[ModeOffset..]) & KindBits, BitConverter.ToUInt32(answer[UserOffset..]))
            : null;
    }

    /// <summary>True for a folder of the user of this process that no other user may enter.</summary>
    public static bool IsPrivateFolder(string path)
    {
        Span<byte> answer = stackalloc byte[Size];
        return Statx(CurrentFolder, path, NoFollow, TypeOnly | ModeOnly | OwnerOnly, answer) is 0
            && (BitConverter.ToUInt16(answer[ModeOffset..]) & (KindBits | OfOthers)) is Folder
            && BitConverter.ToUInt32(answer[UserOffset..]) == LibC.EffectiveUser();
    }

    /// <summary>What the system knows about the file at a path; null for no file, or one that is not accessible.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isFollowed">True for the target of a symbolic link, false for the link.</param>
    public static FileFacts? FactsOf(string path, bool isFollowed = true)
    {
        Span<byte> answer = stackalloc byte[Size];
        if (Statx(CurrentFolder, path, isFollowed ? 0 : NoFollow, BasicAndBirth, answer) is not 0)
            return null;

        var hasBirth = (BitConverter.ToUInt32(answer) & Birth) is not 0;
        return new FileFacts
        {
            Kind = BitConverter.ToUInt16(answer[ModeOffset..]) & KindBits,
            Links = BitConverter.ToUInt32(answer[LinksOffset..]),
            Id = new FileId(
                ((ulong)BitConverter.ToUInt32(answer[DeviceOffset..]) << 32)
                    | BitConverter.ToUInt32(answer[(DeviceOffset + sizeof(uint))..]),
                BitConverter.ToUInt64(answer[NumberOffset..]),
                hasBirth ? TimeAt(answer[BirthOffset..]) : 0),
            Length = BitConverter.ToInt64(answer[LengthOffset..]),
            ChangeTime = TimeAt(answer[ChangeOffset..]),
            WriteTime = TimeAt(answer[WriteOffset..]),
        };
    }

    /// <summary>The type in words: <c>a folder</c>.</summary>
    public static string NameOf(int kind) => kind switch
    {
        Regular => "a regular file",
        Pipe => "a named pipe",
        Folder => "a folder",
        BlockDevice => "a block device",
        Socket => "a socket",
        _ => "a device",
    };

    private static long TimeAt(ReadOnlySpan<byte> time) =>
        (BitConverter.ToInt64(time) * TimeSpan.TicksPerSecond) + (BitConverter.ToUInt32(time[sizeof(long)..]) / NanosecondsPerTick);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> answer);
}
