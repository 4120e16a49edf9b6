using System.Runtime.InteropServices;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Flags of <see cref="LibC.Open"/> on Linux.</summary>
internal static class OpenFlag
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadAndWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoTerminal = 0x100;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;

    /// <summary>Fails for a symbolic link.</summary>
    public static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 : 0x20000;
}
