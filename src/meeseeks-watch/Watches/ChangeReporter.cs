using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Reports files of a watch without <c>updated</c> that have changed since their jobs began.</summary>
/// <remarks>A file is looked at when its job begins and ends, and when the system reports that it was written: no other time.</remarks>
/// <param name="settings">The watch.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class ChangeReporter(WatchSettings settings, ILogger log)
{
    private const int MostNames = 100_000;

    private readonly Dictionary<WorkKey, FileFacts?> _begun = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>Replaces the settings.</summary>
    public void Reconfigure(WatchSettings changed) => settings = changed;

    /// <summary>Records the start of a job.</summary>
    public void AddStart(WorkItem work)
    {
        if (!settings.IsUpdated)
            _begun[work.Key] = FactsOf(work.FileName!);
    }

    /// <summary>Reports a file that has changed while its job ran.</summary>
    /// <param name="work">The work.</param>
    /// <param name="isPresent">False when another folder has taken the place of that of the file.</param>
    public void AddEnd(WorkItem work, bool isPresent = true)
    {
        if (!_begun.Remove(work.Key, out var begun) || begun is not { } before || !isPresent)
            return;
        if (FactsOf(work.FileName!) is { } after && IsChanged(before, after))
            Report(work.FileName!);
    }

    /// <summary>Reports files that were written, and have a result that is older.</summary>
    /// <param name="written">The files that were closed after a write, or moved into the folder.</param>
    /// <param name="status">The table of status files.</param>
    /// <param name="resultTime">The time at which a result was written.</param>
    /// <returns>With <c>updated</c>, the work of files that are others now, although their time of change is the same.</returns>
    public IReadOnlyList<(WorkKey Key, long Mtime)> AddWritten(
        IEnumerable<string> written, StatusTable status, Func<WorkKey, StatusState, DateTimeOffset?> resultTime)
    {
        // Another file has no results where they are with the files.
        var others = new List<(WorkKey Key, long Mtime)>();
        if (settings is { HasAttributes: true, IsUpdated: true })
            return others;
        foreach (var name in written)
        {
            // A rename changes the ctime, too, and nobody can set it. But so does the record of a result in an attribute.
            var key = new WorkKey(0, name);
            if (status[key].Result is not { } result || _begun.ContainsKey(key) || FactsOf(name) is not { } facts
                || resultTime(key, result) is not { } time
                || (settings.HasAttributes ? facts.WriteTime : facts.ChangeTime) <= FileTime.Of(time))
                continue;
            if (!settings.IsUpdated)
                Report(name);
            else if (status[key].Tracked == facts.WriteTime)
                others.Add((key, facts.WriteTime));
        }

        return others;
    }

    private static bool IsChanged(FileFacts before, FileFacts after) =>
        (before.Id, before.WriteTime, before.Length) != (after.Id, after.WriteTime, after.Length);

    private FileFacts? FactsOf(string name) => FileKind.FactsOf(Path.Join(settings.Path, name));

    private void Report(string name)
    {
        if (_reported.Count >= MostNames)
            _reported.Clear();
        if (_reported.Add(name))
            log.Information("{File} has changed since its job began; updated is off, and it is not run again", name);
    }
}
