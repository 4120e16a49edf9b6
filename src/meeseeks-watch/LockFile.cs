using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.WatchAgent;

/// <summary>The lock file of a watcher (<c>lock</c>, docs/SPECIFICATION.md#watch-lock).</summary>
internal static class LockFile
{
    private const int WouldBlock = 11;

    /// <summary>Locks the file.</summary>
    /// <remarks>The lock ends when the stream is closed, or when the process ends in any way.</remarks>
    /// <param name="path">The file, which is created when it does not exist.</param>
    /// <returns>The open file; null when another watcher holds it.</returns>
    /// <exception cref="IOException">The file cannot be locked.</exception>
    public static FileStream? TryHold(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem.HResult == WouldBlock)
        {
            return null;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException($"lock: cannot lock {path}: {FileProblem.Reason(path, problem)}", problem);
        }
    }
}
