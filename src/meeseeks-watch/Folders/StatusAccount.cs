using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The results of a watch, wherever they are kept (<c>status</c>).</summary>
/// <remarks>
/// The table of the caller is updated. A method throws <see cref="StatusNameException"/> when the results of one file are concerned, and
/// <see cref="StatusFolderException"/> when those of the whole folder are.
/// </remarks>
internal abstract class StatusAccount
{
    /// <summary>The text of a file without a job.</summary>
    protected static readonly byte[] NothingToDo = "{\n    \"state\": \"done\"\n}\n"u8.ToArray();

    private static readonly StatusState[] Results = [StatusState.Done, StatusState.Failed, StatusState.Killed];

    /// <summary>The account of a watch.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="folder">The folder of the status files.</param>
    /// <param name="subfolder">The sub-folder of the watched folder to which the folder belongs; empty for all.</param>
    /// <param name="time">The source of the time, for reads of whole folders.</param>
    public static StatusAccount Of(WatchSettings settings, Func<string> folder, string subfolder = "", TimeProvider? time = null) =>
        settings.HasAttributes
            ? new StatusAttributes(settings, folder, subfolder, time)
            : new StatusFiles(folder, settings.Name, subfolder);

    /// <summary>Whether results belong to a file, wherever it goes, and not to its name.</summary>
    public virtual bool GoesWithFile => false;

    /// <summary>What results are kept in, in messages.</summary>
    public virtual string Noun => "status files";

    /// <summary>What else a user can set when nothing can be written.</summary>
    public virtual string Alternative => "status_path names a folder for them elsewhere";

    /// <summary>Whether a state is kept in a file of its own.</summary>
    public virtual bool IsFile(StatusState state) => true;

    /// <summary>Whether the names for the results of a file are short enough for the system.</summary>
    public abstract bool CanStand(WorkKey key);

    /// <summary>What prevents the record of a result, as far as can be seen before; null for nothing.</summary>
    public abstract string? ObstacleOf(WorkKey key);

    /// <summary>Makes the folder of the account in that of <c>status_path</c>, which must exist.</summary>
    /// <param name="below">The sub-folder of the watched folder; empty for that.</param>
    public virtual void Make(string below = "")
    {
        // Results with the files need none.
    }

    /// <summary>Checks that results can be written and removed.</summary>
    /// <param name="below">The sub-folder of the watched folder; empty for that.</param>
    /// <exception cref="StatusFolderException">They cannot.</exception>
    public abstract void Probe(string below = "");

    /// <summary>Begins a read of the whole folder.</summary>
    public virtual void BeginScan()
    {
        // Status files are listed with the folder.
    }

    /// <summary>The results that are kept with a file, each under the name that its status file would have.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isFresh">Whether what is known from a read before does not count.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public virtual IEnumerable<FolderEntry> EntriesOf(string file, bool isFresh = true) => [];

    /// <summary>Writes the result of a job, which replaces an earlier one.</summary>
    /// <remarks>Nothing is written for a file that is gone with its account.</remarks>
    /// <param name="table">The table to update.</param>
    /// <param name="key">The work item.</param>
    /// <param name="state">The result.</param>
    /// <param name="text">The job as JSON.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="isPrivate">Whether only the owner may read it.</param>
    /// <param name="failures">For a failure, its number in a row.</param>
    /// <returns>Why an outdated result cannot be removed, which has no effect beside the new one; null when all are removed.</returns>
    /// <exception cref="StatusNameException">This result cannot be written, or one that outranks it cannot be removed.</exception>
    /// <exception cref="StatusFolderException">No result can be written.</exception>
    public string? Write(
        StatusTable table, WorkKey key, StatusState state, byte[] text, long now, bool isPrivate = false, int failures = 0)
    {
        if (!TryPut(key, state, text, now, isPrivate))
            return null;

        // With the time of the record, news of it change nothing.
        table.Add(key, state, failures > 0 && WrittenAt(key, state) is { } time ? FileTime.Of(time) : now, failures);
        string? warning = null;
        foreach (var other in Results)
        {
            if (other == state || !table[key].Has(other))
                continue;
            try
            {
                Remove(table, key, other);
            }
            catch (StatusNameException problem) when (!Outranks(other, state))
            {
                warning = problem.Message;
            }
        }

        return warning;
    }

    /// <summary>What must be flushed for the results of a work item to be on disk: their folder, or the file with the attributes.</summary>
    public abstract string FlushedFor(WorkKey key);

    /// <summary>Marks a file without a job as done.</summary>
    /// <exception cref="StatusNameException">This result cannot be written.</exception>
    /// <exception cref="StatusFolderException">No result can be written.</exception>
    public void Mark(StatusTable table, WorkKey key, long now) => _ = Write(table, key, StatusState.Done, NothingToDo, now);

    /// <summary>Records the change time of a file, as of its last run.</summary>
    /// <exception cref="StatusNameException">It cannot be written for this file.</exception>
    /// <exception cref="StatusFolderException">It cannot be written for any file.</exception>
    public void Note(StatusTable table, WorkKey key, long mtime)
    {
        if (TryPutTime(key, mtime))
            table.Add(key, StatusState.Mtime, mtime);
    }

    /// <summary>Removes a result or a change time.</summary>
    /// <exception cref="StatusNameException">This one cannot be removed.</exception>
    /// <exception cref="StatusFolderException">None can be removed.</exception>
    public void Remove(StatusTable table, WorkKey key, StatusState state)
    {
        Delete(key, state);
        table.Remove(key, state);
    }

    /// <summary>Takes over the results in one folder of a former name of the watch.</summary>
    /// <returns>Their number.</returns>
    /// <exception cref="IOException">One cannot be taken over, or the folder not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public abstract int TakeFormer(string place, string former);

    /// <summary>Writes the account of a move.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public abstract void WriteMove(StatusTable table, MoveAccount account);

    /// <summary>Reads the account of a move; null when it is gone or damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public abstract MoveAccount? ReadMove(WorkKey key);

    /// <summary>Gives a copy of a file the results of the file.</summary>
    public virtual void CopyResults(string source, string copy)
    {
        // Those in status files belong to its name.
    }

    /// <summary>Makes the failure of a file that has moved a text beside it, which is no result there.</summary>
    /// <param name="table">The table to update.</param>
    /// <param name="key">The work item, with the former name.</param>
    /// <param name="folder">The folder to which it has moved.</param>
    /// <param name="name">Its name there.</param>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public abstract void MoveFailure(StatusTable table, WorkKey key, string folder, string name);

    /// <summary>The failures that the result of a work item counts, and the run of the last one.</summary>
    public abstract FailureText ReadFailure(WorkKey key);

    /// <summary>The change time that is recorded; null when there is none.</summary>
    public abstract long? ReadTime(WorkKey key);

    /// <summary>When a result was written; null when that is not known.</summary>
    public abstract DateTimeOffset? WrittenAt(WorkKey key, StatusState state);

    /// <summary>Reads the results of a work item where they are kept, and the recorded change time of its file.</summary>
    public StatusTable TableOf(WorkKey key)
    {
        var table = new StatusTable();
        foreach (var state in Results.Where(state => Has(key, state)))
        {
            var time = WrittenAt(key, state) is { } written ? FileTime.Of(written) : 0;
            table.Add(key, state, time, state is StatusState.Failed ? ReadFailure(key).Failures : 0);
        }

        var noted = new WorkKey(0, key.FileName);
        if (ReadTime(noted) is { } mtime)
            table.Add(noted, StatusState.Mtime, mtime);
        return table;
    }

    /// <summary>Whether a result is there.</summary>
    protected abstract bool Has(WorkKey key, StatusState state);

    /// <summary>Writes a result. False when its file is gone, and the account with it.</summary>
    protected abstract bool TryPut(WorkKey key, StatusState state, byte[] text, long now, bool isPrivate);

    /// <summary>Writes a change time. False when the file is gone, and the account with it.</summary>
    protected abstract bool TryPutTime(WorkKey key, long mtime);

    /// <summary>Removes a result or a change time.</summary>
    protected abstract void Delete(WorkKey key, StatusState state);

    private static bool Outranks(StatusState other, StatusState state) =>
        default(FileStatus).With(state, 0).With(other, 0).Result == other;
}
