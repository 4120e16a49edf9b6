namespace MeeseeksBox.Foundation.Unix;

/// <summary>Signals on Linux, and their names.</summary>
internal static class SignalNumber
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int BrokenPipe = 13;
    public const int Terminate = 15;
    public const int Child = 17;
    public const int Continue = 18;
    public const int Stop = 19;
    public const int FileSize = 25;
}
