using System.ComponentModel;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Numbers of the errors of the system on Linux, and their texts.</summary>
internal static class ErrorNumber
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoProcess = 3;
    public const int Interrupted = 4;
    public const int Io = 5;
    public const int ArgumentsTooLong = 7;
    public const int NoExecutable = 8;
    public const int NoChild = 10;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int NoAccess = 13;
    public const int Denied = 13;
    public const int Exists = 17;
    public const int OtherDevice = 18;
    public const int NotFolder = 20;
    public const int Invalid = 22;
    public const int HostStarved = 23;
    public const int ProcessStarved = 24;
    public const int TextBusy = 26;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int BrokenPipe = 32;
    public const int TooSmall = 34;
    public const int NoLocks = 37;
    public const int NotThere = 38;
    public const int NoData = 61;
    public const int NotSupported = 95;
    public const int StaleHandle = 116;
    public const int OverQuota = 122;

    /// <summary>The text of the system for an error.</summary>
    public static string TextOf(int number) => new Win32Exception(number).Message;
}
