using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Writes and removes the status files of a watch (docs/SPECIFICATION.md#status-files).</summary>
/// <remarks>
/// Each is written under a temporary name and renamed, so that no reader sees a partial file. The table of the caller is updated.
/// </remarks>
internal sealed class StatusFiles(string path, string watch)
{
    private const int LongestName = 255;

    private static readonly byte[] NothingToDo = "{\n    \"state\": \"done\"\n}\n"u8.ToArray();

    private readonly StatusName _names = new(watch);

    /// <summary>Whether the status files of a file have names short enough for the file system.</summary>
    public bool CanStand(WorkKey key) => Encoding.UTF8.GetByteCount(_names.Of(key, StatusState.Failed)) <= LongestName;

    /// <summary>Writes the result of a job, which replaces an earlier one.</summary>
    /// <param name="table">The table to update.</param>
    /// <param name="key">The work item.</param>
    /// <param name="state">The result.</param>
    /// <param name="text">The job as JSON.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Write(StatusTable table, WorkKey key, StatusState state, byte[] text, long now)
    {
        Replace(_names.Of(key, state), text, mtime: null);
        table.Add(key, state, now);
        foreach (var other in new[] { StatusState.Done, StatusState.Failed, StatusState.Killed })
        {
            if (other != state && table[key].Has(other))
                Remove(table, key, other);
        }
    }

    /// <summary>Marks a file without a job as done.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Mark(StatusTable table, WorkKey key, long now) => Write(table, key, StatusState.Done, NothingToDo, now);

    /// <summary>Records the change time of a file, as of its last run.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Note(StatusTable table, WorkKey key, long mtime)
    {
        Replace(_names.Of(key, StatusState.Mtime), Encoding.ASCII.GetBytes(FileTime.Text(mtime) + "\n"), mtime);
        table.Add(key, StatusState.Mtime, mtime);
    }

    /// <summary>Removes a status file.</summary>
    /// <exception cref="IOException">The file cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Remove(StatusTable table, WorkKey key, StatusState state)
    {
        File.Delete(At(_names.Of(key, state)));
        table.Remove(key, state);
    }

    /// <summary>The time of a status file; null when it does not exist.</summary>
    public DateTimeOffset? WrittenAt(WorkKey key, StatusState state)
    {
        var info = new FileInfo(At(_names.Of(key, state)));
        return info.Exists ? info.LastWriteTimeUtc : null;
    }

    private void Replace(string name, byte[] text, long? mtime)
    {
        var temporary = At(_names.Temporary);
        File.WriteAllBytes(temporary, text);
        if (mtime is { } time)
            File.SetLastWriteTimeUtc(temporary, FileTime.ToUtc(time));
        File.Move(temporary, At(name), overwrite: true);
    }

    private string At(string name) => Path.Join(path, name);
}
