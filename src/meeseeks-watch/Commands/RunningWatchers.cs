using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Control;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.WatchAgent.Commands;

/// <summary>Finds the running watchers that a command is for.</summary>
internal static class RunningWatchers
{
    // It names a watcher without the rest of its configuration.
    private const string Socket = "control=/";

    /// <summary>The watchers with their sockets: that of a configuration, or all that this user may reach.</summary>
    /// <param name="words">The configuration; empty for all watchers.</param>
    /// <exception cref="ControlException">No watcher answers.</exception>
    /// <exception cref="BadConfigurationException">The configuration is invalid.</exception>
    public static async Task<IReadOnlyList<(string Path, WatcherStatus Status)>> FindAsync(IReadOnlyList<string> words)
    {
        var (paths, isOne) = words.Count == 0 ? (AllPaths(), false) : (PathsOf(words), true);
        var (found, problems) = (new List<(string Path, WatcherStatus Status)>(), new List<string>());
        foreach (var path in paths.Where(File.Exists))
        {
            try
            {
                if (await ControlClient.AskAsync(path, new ControlRequest { Status = true }) is not { Status: { } status })
                    continue;
                found.Add((path, status));
                if (isOne)
                    break;
            }
            catch (ControlException problem)
            {
                problems.Add(problem.Message);
            }
        }

        if (found.Count > 0)
            return found;
        throw new ControlException(problems.Count > 0 ? string.Join('\n', problems)
            : isOne ? $"no watcher answers at {string.Join(" or ", paths)}: start it with meeseeks-watch {string.Join(' ', words)}, "
                + "or run this command as its user, or as root"
            : "no watcher of this user runs, as far as its sockets tell: start one, or name its configuration");
    }

    private static List<string> AllPaths() =>
        [.. ControlPath.FoldersToSearch().SelectMany(SocketsIn).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> SocketsIn(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, $"*{ControlPath.Suffix}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The folder of a service of another user.
            return [];
        }
    }

    private static List<string> PathsOf(IReadOnlyList<string> words)
    {
        if (words is [var word] && word.StartsWith(Socket, StringComparison.Ordinal))
            return [word[(Socket.Length - 1)..]];
        var configuration = WatcherConfigurationReader.Read(words);
        if (configuration.Config is not { } config)
            throw new BadConfigurationException(string.Join('\n', configuration.Problems));
        if (!config.HasControl)
            throw new ControlException("control is false in this configuration, so that the watcher has no socket");
        var name = ControlPath.FileNameOf(config.Name, words);
        List<string> folders = [.. ControlPath.FoldersToSearch()];
        return config.Control is { } path ? [path] : folders.ConvertAll(folder => Path.Join(folder, name));
    }
}
