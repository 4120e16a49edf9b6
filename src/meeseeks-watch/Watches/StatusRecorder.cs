using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Writes results, marks and change times to the account of a watch, and removes orphaned ones.</summary>
/// <param name="settings">The watch.</param>
/// <param name="files">The account.</param>
/// <param name="time">The source of the time.</param>
/// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
internal sealed class StatusRecorder(WatchSettings settings, StatusAccount files, TimeProvider time, DiskFlush? flush = null)
{
    private long Now => FileTime.Of(time.GetUtcNow());

    /// <summary>Writes the result of a job.</summary>
    /// <returns>Why an outdated status file cannot be removed, which has no effect; null when all are removed.</returns>
    /// <exception cref="StatusNameException">The status files of this file cannot be written; a retry is harmless.</exception>
    /// <exception cref="StatusFolderException">No status file can be written; a retry is harmless.</exception>
    public string? Record(StatusTable table, WorkItem work, JobEnd end)
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

        // The environment of a job may hold secrets.
        var isPrivate = end.Jobs.Any(job => job.Spec.Env is { Count: > 0 });
        var failures = state is StatusState.Failed ? CountFailures(table, work, end) : 0;
        var warning = files.Write(table, key, state, ResultText.Of(end.Jobs, failures), Now, isPrivate, failures);
        if (isNoted && !isFirst)
        {
            // After a power cut, too.
            (flush ?? DiskFlush.Real).Of(files.FlushedFor(key));
            files.Note(table, noted, work.Mtime!.Value);
        }

        return warning;
    }

    // After a crash, the same run may be recorded again. The failures of a changed file are counted from 1.
    private int CountFailures(StatusTable table, WorkItem work, JobEnd end)
    {
        var key = work.Key;
        if (!table[key].Has(StatusState.Failed))
            return 1;
        var earlier = files.ReadFailure(key);
        if (earlier.IsRunOf(FailureText.Of(ResultText.Of(end.Jobs))))
            return Math.Max(earlier.Failures, 1);
        return table[key].IsChanged(work.Index, work.Mtime) ? 1 : Math.Max(earlier.Failures, 1) + 1;
    }

    /// <summary>Writes the marks and change times of a plan. What concerns one file does not stop the others.</summary>
    /// <param name="table">The table to update.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="onFault">Receives the files whose status files cannot be written, and the problem; null when they can be.</param>
    /// <exception cref="StatusFolderException">No status file can be written.</exception>
    public void Write(StatusTable table, Plan plan, Action<string, string?> onFault)
    {
        plan.Marks.ForEach(key => Try(key, () => files.Mark(table, key, Now)));
        plan.Notes.ForEach(note => Try(note.Key, () => files.Note(table, note.Key, note.Mtime)));

        void Try(WorkKey key, Action write)
        {
            try
            {
                write();
                onFault(key.FileName, null);
            }
            catch (IOException problem) when (problem is StatusNameException || RelativePath.FolderOf(key.FileName).Length > 0)
            {
                onFault(key.FileName, problem.Message);
            }
        }
    }

    /// <summary>Removes the results of a file that was removed, and is there again.</summary>
    /// <remarks>A result that is later than the file may be of a job that has made the file again.</remarks>
    /// <param name="table">The status files.</param>
    /// <param name="file">The file.</param>
    /// <param name="made">When it was made or renamed, in units of 100 ns since 1970.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public bool Forget(StatusTable table, string file, long made)
    {
        if (files.GoesWithFile)
            return false;
        var keys = settings.WorkOf(file).ToList();

        // The end of the move removes them.
        if (keys.Exists(key => table[key].Has(StatusState.Moving)))
            return false;
        var states = from key in keys from state in Enum.GetValues<StatusState>() where table[key].Has(state) select (key, state);
        var all = states.ToList();
        var written = all.Where(one => one.state is not StatusState.Mtime).Max(one => files.WrittenAt(one.key, one.state));
        if (written is not { } last || FileTime.Of(last) >= made)
            return false;
        try
        {
            all.ForEach(one => files.Remove(table, one.key, one.state));
            return true;
        }
        catch (StatusNameException problem)
        {
            // It holds up no other file.
            throw new IOException(problem.Message, problem);
        }
    }

    /// <summary>Removes the old status files of removed files: all that can be.</summary>
    /// <exception cref="IOException">One cannot be removed.</exception>
    /// <param name="folder">The folder.</param>
    /// <param name="inFlight">The work that is submitted and not recorded yet.</param>
    /// <param name="isEmpty">Whether a sub-folder is there, and has no files.</param>
    public void Clean(FolderSnapshot folder, IReadOnlySet<WorkKey> inFlight, Predicate<string> isEmpty)
    {
        // An empty folder may be one whose disk is not mounted, while its status files are elsewhere.
        if (settings.StatusPath is not null && folder.Files.Count == 0)
            return;
        IOException? first = null;
        foreach (var orphans in StatusCleanup.Orphans(settings, folder, inFlight).ToList().GroupBy(orphan => orphan.Key))
        {
            // A .mtime file has the time of its watched file. The others have the time at which the last job ended.
            var written = orphans.Max(orphan => files.WrittenAt(orphan.Key, orphan.State));
            if (written is not null && time.GetUtcNow() - written < settings.Cleanup)
                continue;
            if (settings.StatusPath is not null && RelativePath.FoldersAbove(orphans.Key.FileName).Any(isEmpty.Invoke))
                continue;
            foreach (var (key, state) in orphans)
            {
                try
                {
                    files.Remove(folder.Status, key, state);
                }
                catch (IOException problem)
                {
                    first ??= problem;
                }
            }
        }

        if (first is not null)
            throw new IOException(first.Message, first);
    }
}
