using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Logs which sub-folders cannot be read, and when they can be read again.</summary>
/// <param name="path">The watched folder.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class SubfolderFaults(string path, ILogger log)
{
    private readonly IoFaultReporter _faults = new(path, log);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>Reports the result of a read of some places with all that is below them.</summary>
    /// <param name="places">The folders that were read, relative to the watched one.</param>
    /// <param name="unreadable">Those below them that could not be read, and the reasons.</param>
    public void Report(IReadOnlyCollection<string> places, IReadOnlyDictionary<string, string> unreadable)
    {
        foreach (var folder in _unreadable.Where(folder => !unreadable.ContainsKey(folder) && IsWithin(folder, places)).ToList())
        {
            _faults.Clear(Operation(folder));
            _ = _unreadable.Remove(folder);
        }

        foreach (var (folder, problem) in unreadable)
        {
            _faults.Report(Operation(folder), problem, "its files wait for the next scan; other folders go on");
            _ = _unreadable.Add(folder);
        }
    }

    /// <summary>Whether a path is one of some folders, or below one.</summary>
    public static bool IsWithin(string path, IEnumerable<string> folders) => folders.Any(folder => RelativePath.IsWithin(path, folder));

    private static string Operation(string folder) => $"read the sub-folder {folder}";
}
