using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Writes results, marks and change times to status files, and removes orphaned ones.</summary>
internal sealed class StatusRecorder(WatchSettings settings, StatusFiles files, TimeProvider time)
{
    private long Now => FileTime.Of(time.GetUtcNow());

    /// <summary>Writes the result of a job.</summary>
    /// <exception cref="IOException">A file cannot be written; a retry is harmless.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Record(StatusTable table, WorkItem work, JobEnd end)
    {
        var state = end.State switch
        {
            JobState.Done => StatusState.Done,
            JobState.Failed => StatusState.Failed,
            JobState.Killed => StatusState.Killed,
            _ => throw new InvalidOperationException($"A job does not end as {end.State}."),
        };
        var (key, noted) = (work.Key, new WorkKey(0, work.FileName!));
        var isNoted = settings.IsUpdated && work.Mtime is not null && (work.Index == 0 || table[noted].Tracked is null);

        // After a crash between the two writes, the file must count as not processed: never a new time with an old result.
        var isFirst = work.Index > 0 || table[key].Result is null;
        if (isNoted && isFirst)
            files.Note(table, noted, work.Mtime!.Value);
        files.Write(table, key, state, ResultText.Of(end.Jobs), Now);
        if (isNoted && !isFirst)
            files.Note(table, noted, work.Mtime!.Value);
    }

    /// <summary>Writes the marks and change times of a plan.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Write(StatusTable table, Plan plan)
    {
        plan.Marks.ForEach(key => files.Mark(table, key, Now));
        plan.Notes.ForEach(note => files.Note(table, note.Key, note.Mtime));
    }

    /// <summary>Removes the old status files of removed files.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Clean(FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight)
    {
        foreach (var orphans in StatusCleanup.Orphans(settings, folder, inFlight).ToList().GroupBy(orphan => orphan.Key))
        {
            // A .mtime file has the time of its watched file. The others have the time at which the last job ended.
            var written = orphans.Max(orphan => files.WrittenAt(orphan.Key, orphan.State));
            if (written is not null && time.GetUtcNow() - written < settings.Cleanup)
                continue;
            foreach (var (key, state) in orphans)
                files.Remove(folder.Status, key, state);
        }
    }
}
