using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Keeps the status files of a watch: what has come of jobs, marks and notes that the rules ask for, and those that are of no use any more.</summary>
/// <param name="settings">The watch.</param>
/// <param name="files">Its status files.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusRecorder(WatchSettings settings, StatusFiles files, TimeProvider time)
{
    private long Now => FileTime.Of(time.GetUtcNow());

    /// <summary>Writes what has come of a job.</summary>
    /// <exception cref="IOException">It could not be written; a second try does no harm.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
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

        // Whoever dies between the two must find the file not processed: the new time beside an old result would be a lie.
        var isFirst = work.Index > 0 || table[key].Result is null;
        if (isNoted && isFirst)
            files.Note(table, noted, work.Mtime!.Value);
        files.Write(table, key, state, SortedJson.Of(end.Jobs), Now);
        if (isNoted && !isFirst)
            files.Note(table, noted, work.Mtime!.Value);
    }

    /// <summary>Writes the marks and notes of a plan.</summary>
    /// <exception cref="IOException">One could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public void Write(StatusTable table, Plan plan)
    {
        plan.Marks.ForEach(key => files.Mark(table, key, Now));
        plan.Notes.ForEach(note => files.Note(table, note.Key, note.Mtime));
    }

    /// <summary>Removes status files whose files are gone.</summary>
    /// <exception cref="IOException">One could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public void Clean(FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight)
    {
        foreach (var orphans in StatusCleanup.Orphans(settings, folder, inFlight).ToList().GroupBy(orphan => orphan.Key))
        {
            // A note has the time of its file: what tells how long ago the last job ended are the others.
            var written = orphans.Max(orphan => files.WrittenAt(orphan.Key, orphan.State));
            if (written is not null && time.GetUtcNow() - written < settings.Cleanup)
                continue;
            foreach (var (key, state) in orphans)
                files.Remove(folder.Status, key, state);
        }
    }
}
