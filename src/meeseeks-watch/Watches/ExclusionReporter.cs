using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Logs once that a file is not taken because of a rule that nobody has written.</summary>
/// <param name="log">The log of the watch.</param>
internal sealed class ExclusionReporter(ILogger log)
{
    private bool _isDone;

    /// <summary>Looks at the files of a folder.</summary>
    public void Report(WatchSettings settings, FolderSnapshot folder)
    {
        if (_isDone || settings.Exclude is not null)
            return;
        foreach (var name in folder.Files.Where(file => file.FinishedInList is null).Select(file => file.Name))
        {
            if (TemporaryNames.PatternOf(name, settings.Globs) is not { } pattern || !settings.Globs.Any(glob => glob.Matches(name)))
                continue;
            log.Information("{File} is not taken: {Pattern} is a temporary name; exclude: [] takes such files", name, pattern);
            _isDone = true;
            return;
        }
    }
}
