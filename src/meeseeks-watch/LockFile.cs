namespace MeeseeksBox.WatchAgent;

/// <summary>The file that only one watcher at a time may hold (<c>lock</c>, docs/SPECIFICATION.md#watch-lock).</summary>
internal static class LockFile
{
    private const int WouldBlock = 11;

    /// <summary>Takes hold of it; it is let go when the stream is closed, or the program ends in whatever way.</summary>
    /// <param name="path">The file, which is made when it is not there.</param>
    /// <param name="reason">Why it is not held.</param>
    public static FileStream? TryHold(string path, out (string Text, bool IsHeldByAnother) reason)
    {
        try
        {
            reason = default;
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem.HResult == WouldBlock)
        {
            reason = ($"another meeseeks-watch holds {path}: there is nothing to do for this one", true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            reason = ($"lock: {path} cannot be held: {problem.Message}", false);
        }

        return null;
    }
}
