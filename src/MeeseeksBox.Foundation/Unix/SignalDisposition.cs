namespace MeeseeksBox.Foundation.Unix;

/// <summary>What a process does at a signal; see signal(2).</summary>
internal static class SignalDisposition
{
    /// <summary>The default action (SIG_DFL).</summary>
    public const nint Default = 0;

    /// <summary>Nothing (SIG_IGN).</summary>
    public const nint Ignore = 1;
}
