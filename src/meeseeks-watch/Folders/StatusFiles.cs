using System.IO.Enumeration;
using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Writes and removes the status files of a watch (docs/SPECIFICATION.md#status-files).</summary>
/// <remarks>
/// Each is written under a temporary name of its own and renamed, so that no reader sees a partial file, and no other watcher, on this or
/// another host, writes into it. The table of the caller is updated. A method throws <see cref="StatusNameException"/> when only this one
/// status file is concerned, and <see cref="StatusFolderException"/> when the whole folder is.
/// </remarks>
/// <param name="folder">The folder of the status files.</param>
/// <param name="watch">The name of the watch.</param>
/// <param name="subfolder">The sub-folder of the watched folder to which the status files belong; empty for all.</param>
internal sealed class StatusFiles(Func<string> folder, string watch, string subfolder = "")
{
    private const int LongestName = 255;

    private static readonly byte[] NothingToDo = "{\n    \"state\": \"done\"\n}\n"u8.ToArray();

    // The age of a temporary file that a crash has left. A writer that pauses for so long between write and rename writes it again.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(10);

    // Failures of a rename or removal that concern more than its name.
    private static readonly int[] FolderErrors =
        [ErrorNumber.Io, ErrorNumber.NoSpace, ErrorNumber.ReadOnlyFileSystem, ErrorNumber.StaleHandle, ErrorNumber.OverQuota];

    private readonly StatusName _names = new(watch);
    private readonly HashSet<string> _tidy = [];

    /// <summary>Whether the status files of a file have names short enough for the file system.</summary>
    public bool CanStand(WorkKey key) =>
        ByteText.Encode(RelativePath.NameOf(_names.Of(key, StatusState.Failed))).Length <= LongestName
        && Encoding.UTF8.GetByteCount(_names.TemporaryOf(0)) <= LongestName;

    /// <summary>A folder at the name of a status file of a work item, which prevents the record of its result; null without one.</summary>
    public string? ObstacleOf(WorkKey key) =>
        Enum.GetValues<StatusState>().Select(state => _names.Of(key, state)).FirstOrDefault(name => ByteFile.IsFolder(At(name)));

    private string Folder => folder();

    /// <summary>Makes the folder of the status files in that of <c>status_path</c>, which must exist.</summary>
    /// <param name="below">The sub-folder of the watched folder; empty for that.</param>
    /// <exception cref="StatusFolderException">It cannot be made.</exception>
    public void Make(string below = "") => StatusFolder.Make(Folder, below);

    /// <summary>Checks that status files can be written and removed, and removes the temporary files that a crash has left.</summary>
    /// <param name="below">The sub-folder of the watched folder; empty for that.</param>
    /// <exception cref="StatusFolderException">They cannot.</exception>
    public void Probe(string below = "")
    {
        var probe = Create(below, NothingToDo, mtime: null, isPrivate: false);
        try
        {
            // The clock of the file system dates all files in it, those of other hosts, too.
            var now = FileKind.FactsOf(probe)?.WriteTime;
            ByteFile.Delete(probe);
            if (now is { } time && _tidy.Add(Path.Join(Folder, below)))
                RemoveLeftovers(Path.Join(Folder, below), FileTime.ToUtc(time) - LeftoverAge);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new StatusFolderException(Folder, probe, problem);
        }
    }

    /// <summary>Writes the result of a job, which replaces an earlier one.</summary>
    /// <param name="table">The table to update.</param>
    /// <param name="key">The work item.</param>
    /// <param name="state">The result.</param>
    /// <param name="text">The job as JSON.</param>
    /// <param name="now">The time, in units of 100 ns since 1970.</param>
    /// <param name="isPrivate">Whether only the owner may read the file.</param>
    /// <param name="failures">For a failure, its number in a row.</param>
    /// <returns>Why an outdated status file cannot be removed, which has no effect beside the new one; null when all are removed.</returns>
    /// <exception cref="StatusNameException">This status file cannot be written, or one that outranks it cannot be removed.</exception>
    /// <exception cref="StatusFolderException">No status file can be written.</exception>
    public string? Write(
        StatusTable table, WorkKey key, StatusState state, byte[] text, long now, bool isPrivate = false, int failures = 0)
    {
        Replace(_names.Of(key, state), text, mtime: null, isPrivate);

        // With the time of the file, news of it change nothing.
        table.Add(key, state, failures > 0 && WrittenAt(key, state) is { } time ? FileTime.Of(time) : now, failures);
        string? warning = null;
        foreach (var other in new[] { StatusState.Done, StatusState.Failed, StatusState.Killed })
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

    /// <summary>Marks a file without a job as done.</summary>
    /// <exception cref="StatusNameException">This status file cannot be written.</exception>
    /// <exception cref="StatusFolderException">No status file can be written.</exception>
    public void Mark(StatusTable table, WorkKey key, long now) => _ = Write(table, key, StatusState.Done, NothingToDo, now);

    /// <summary>Records the change time of a file, as of its last run.</summary>
    /// <exception cref="StatusNameException">This status file cannot be written.</exception>
    /// <exception cref="StatusFolderException">No status file can be written.</exception>
    public void Note(StatusTable table, WorkKey key, long mtime)
    {
        Replace(_names.Of(key, StatusState.Mtime), Encoding.ASCII.GetBytes(FileTime.Text(mtime) + "\n"), mtime, isPrivate: false);
        table.Add(key, StatusState.Mtime, mtime);
    }

    /// <summary>Removes a status file.</summary>
    /// <exception cref="StatusNameException">This status file cannot be removed.</exception>
    /// <exception cref="StatusFolderException">No status file can be removed.</exception>
    public void Remove(StatusTable table, WorkKey key, StatusState state)
    {
        var file = At(_names.Of(key, state));
        try
        {
            ByteFile.Delete(file);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw Fault(file, problem);
        }

        table.Remove(key, state);
    }

    /// <summary>Writes the account of a move.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void WriteMove(StatusTable table, MoveAccount account)
    {
        Replace(_names.Of(account.Key, StatusState.Moving), account.ToJson(), mtime: null, isPrivate: false);
        table.Add(account.Key, StatusState.Moving);
    }

    /// <summary>Reads the account of a move; null when it is gone or damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public MoveAccount? ReadMove(WorkKey key)
    {
        var file = At(_names.Of(key, StatusState.Moving));
        return ByteFile.Exists(file) ? MoveAccount.Parse(key, ByteFile.ReadAllBytes(file)) : null;
    }

    /// <summary>Moves a result out of the folder, and replaces what is at the target.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void MoveFailure(StatusTable table, WorkKey key, string target)
    {
        var file = At(_names.Of(key, StatusState.Failed));
        if (ByteFile.Exists(file))
            ByteFile.Replace(file, target);
        table.Remove(key, StatusState.Failed);
    }

    /// <summary>The failures that the result of a work item counts, and the run of the last one.</summary>
    public FailureText ReadFailure(WorkKey key) => FailureText.Read(At(_names.Of(key, StatusState.Failed)));

    /// <summary>The time of a status file; null when it does not exist.</summary>
    public DateTimeOffset? WrittenAt(WorkKey key, StatusState state)
    {
        var facts = FileKind.FactsOf(At(_names.Of(key, state)));
        return facts is { Kind: not FileKind.Folder } file ? FileTime.ToUtc(file.WriteTime) : null;
    }

    private static bool Outranks(StatusState other, StatusState state) =>
        default(FileStatus).With(state, 0).With(other, 0).Result == other;

    private void Replace(string name, byte[] text, long? mtime, bool isPrivate)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var temporary = Create(RelativePath.FolderOf(name), text, mtime, isPrivate);
            try
            {
                ByteFile.Replace(temporary, At(name));
                return;
            }
            catch (FileNotFoundException) when (isFirst)
            {
                // Another watcher has taken it for one that a crash has left.
            }
            catch (Exception problem) when (FileProblem.Is(problem))
            {
                TryDelete(temporary);
                throw Fault(At(name), problem);
            }
        }
    }

    // What prevents a new file with a new name concerns the whole folder.
    private string Create(string below, byte[] text, long? mtime, bool isPrivate)
    {
        var temporary = At(_names.TemporaryOf((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue), below));
        try
        {
            using var file = ByteFile.Create(temporary, isPrivate);
            file.Write(text);
            if (mtime is { } time)
                File.SetLastWriteTimeUtc(file.SafeFileHandle, FileTime.ToUtc(time));
            return temporary;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            TryDelete(temporary);
            throw new StatusFolderException(Folder, temporary, problem);
        }
    }

    private IOException Fault(string file, Exception problem) =>
        problem is FileNotFoundException or DirectoryNotFoundException || FolderErrors.Contains(problem.HResult)
            ? new StatusFolderException(Folder, file, problem)
            : new StatusNameException(file, problem);

    private void RemoveLeftovers(string place, DateTime latest)
    {
        using var held = ByteText.HasBytes(place) ? HeldFolder.TryOpen(place) : null;
        var leftovers = new FileSystemEnumerable<string>(
            held?.Path ?? place,
            (ref FileSystemEntry entry) => entry.ToFullPath(),
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                _names.IsTemporary(entry.FileName) && !entry.IsDirectory && entry.LastWriteTimeUtc <= latest,
        };
        foreach (var leftover in leftovers)
            TryDelete(leftover);
    }

    private static void TryDelete(string file)
    {
        try
        {
            ByteFile.Delete(file);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            // It may belong to another user. It harms nothing.
        }
    }

    // Names are relative to the watched folder, and the folder may be that of a sub-folder.
    private string At(string name) => Path.Join(Folder, subfolder.Length == 0 ? name : RelativePath.NameOf(name));
}
