using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>
/// Writes and removes the status files of a watch (docs/SPECIFICATION.md#status-files). Each is written beside its place and renamed, so
/// that nobody sees
/// half of one. What was done is noted in the table that it is given.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="watch">The name of the watch.</param>
internal sealed class StatusFiles(string path, string watch)
{
    private const int LongestName = 255;

    private static readonly byte[] NothingToDo = "{\n    \"state\": \"done\"\n}\n"u8.ToArray();

    private readonly StatusName _names = new(watch);

    /// <summary>Whether the names of a file's status files are short enough for the system.</summary>
    public bool CanStand(WorkKey key) => Encoding.UTF8.GetByteCount(_names.Of(key, StatusState.Failed)) <= LongestName;

    /// <summary>Writes what has come of a job, which replaces what had come of it before.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">What the job was for.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="text">The job, as JSON.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
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

    /// <summary>Marks a file for which there is nothing to do.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Mark(StatusTable table, WorkKey key, long now) => Write(table, key, StatusState.Done, NothingToDo, now);

    /// <summary>Notes when a file was changed last, as of the job that was run for it.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Note(StatusTable table, WorkKey key, long mtime)
    {
        Replace(_names.Of(key, StatusState.Mtime), Encoding.ASCII.GetBytes(FileTime.Text(mtime) + "\n"), mtime);
        table.Add(key, StatusState.Mtime, mtime);
    }

    /// <summary>Removes a status file.</summary>
    /// <exception cref="IOException">It could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public void Remove(StatusTable table, WorkKey key, StatusState state)
    {
        File.Delete(At(_names.Of(key, state)));
        table.Remove(key, state);
    }

    /// <summary>When a status file was written; null when it is gone.</summary>
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
