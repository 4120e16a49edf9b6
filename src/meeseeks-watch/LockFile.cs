namespace MeeseeksBox.WatchAgent;

/// <summary>The lock file of a watcher (<c>lock</c>, docs/SPECIFICATION.md#watch-lock).</summary>
internal static class LockFile
{
    private const int WouldBlock = 11;

    /// <summary>Locks the file; null when that fails.</summary>
    /// <remarks>The lock ends when the stream is closed, or when the process ends in any way.</remarks>
    /// <param name="path">The file, which is created when it does not exist.</param>
    /// <param name="reason">Why it is not locked.</param>
    public static FileStream? TryHold(string path, out (string Text, bool IsHeldByAnother) reason)
    {
        try
        {
            reason = default;
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem.HResult == WouldBlock)
        {
            reason = ($"another meeseeks-watch holds {path}: nothing to do", true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            reason = ($"lock: cannot lock {path}: {problem.Message}", false);
        }

        return null;
    }
}
