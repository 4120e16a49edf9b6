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
/// another host, writes into it.
/// </remarks>
/// <param name="folder">The folder of the status files.</param>
/// <param name="watch">The name of the watch.</param>
/// <param name="subfolder">The sub-folder of the watched folder to which the status files belong; empty for all.</param>
internal sealed class StatusFiles(Func<string> folder, string watch, string subfolder = "") : StatusAccount
{
    private const int LongestName = 255;

    // The age of a temporary file that a crash has left. A writer that pauses for so long between write and rename writes it again.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(10);

    // Failures of a rename or removal that concern more than its name.
    private static readonly int[] FolderErrors =
        [ErrorNumber.Io, ErrorNumber.NoSpace, ErrorNumber.ReadOnlyFileSystem, ErrorNumber.StaleHandle, ErrorNumber.OverQuota];

    private readonly StatusName _names = new(watch);
    private readonly HashSet<string> _tidy = [];

    /// <inheritdoc/>
    public override bool CanStand(WorkKey key) =>
        ByteText.Encode(RelativePath.NameOf(_names.Of(key, StatusState.Failed))).Length <= LongestName
        && Encoding.UTF8.GetByteCount(_names.TemporaryOf(0)) <= LongestName;

    /// <inheritdoc/>
    /// <remarks>It is a folder at the name of a status file.</remarks>
    public override string? ObstacleOf(WorkKey key) =>
        Enum.GetValues<StatusState>().Select(state => _names.Of(key, state)).FirstOrDefault(name => ByteFile.IsFolder(At(name))) is { } name
            ? $"{name}: it is a folder"
            : null;

    /// <inheritdoc/>
    public override string FlushedFor(WorkKey key) => Path.GetDirectoryName(At(_names.Of(key, StatusState.Done)))!;

    private string Folder => folder();

    /// <inheritdoc/>
    public override void Make(string below = "") => StatusFolder.Make(Folder, below);

    /// <inheritdoc/>
    /// <remarks>It removes the temporary files that a crash has left, too.</remarks>
    public override void Probe(string below = "")
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

    /// <inheritdoc/>
    public override int TakeFormer(string place, string former) => FormerAccount.Take(place, former, watch);

    /// <inheritdoc/>
    public override void WriteMove(StatusTable table, MoveAccount account)
    {
        Replace(_names.Of(account.Key, StatusState.Moving), account.ToJson(), mtime: null, isPrivate: false);
        table.Add(account.Key, StatusState.Moving);
    }

    /// <inheritdoc/>
    public override MoveAccount? ReadMove(WorkKey key)
    {
        var file = At(_names.Of(key, StatusState.Moving));
        return ByteFile.Exists(file) ? MoveAccount.Parse(key, ByteFile.ReadAllBytes(file)) : null;
    }

    /// <inheritdoc/>
    public override void MoveFailure(StatusTable table, WorkKey key, string folder, string name)
    {
        if (!table[key].Has(StatusState.Failed))
            return;
        var file = At(_names.Of(key, StatusState.Failed));
        if (ByteFile.Exists(file))
            ByteFile.Replace(file, Path.Join(folder, _names.Of(key with { FileName = name }, StatusState.Failed)));
        table.Remove(key, StatusState.Failed);
    }

    /// <inheritdoc/>
    public override FailureText ReadFailure(WorkKey key) => FailureText.Read(At(_names.Of(key, StatusState.Failed)));

    /// <inheritdoc/>
    public override long? ReadTime(WorkKey key) => FileTime.Read(At(_names.Of(key, StatusState.Mtime)));

    /// <inheritdoc/>
    public override DateTimeOffset? WrittenAt(WorkKey key, StatusState state)
    {
        var facts = FileKind.FactsOf(At(_names.Of(key, state)));
        return facts is { Kind: not FileKind.Folder } file ? FileTime.ToUtc(file.WriteTime) : null;
    }

    /// <inheritdoc/>
    protected override bool Has(WorkKey key, StatusState state) => WrittenAt(key, state) is not null;

    /// <inheritdoc/>
    protected override bool TryPut(WorkKey key, StatusState state, byte[] text, long now, bool isPrivate)
    {
        Replace(_names.Of(key, state), text, mtime: null, isPrivate);
        return true;
    }

    /// <inheritdoc/>
    protected override bool TryPutTime(WorkKey key, long mtime)
    {
        Replace(_names.Of(key, StatusState.Mtime), Encoding.ASCII.GetBytes(FileTime.Text(mtime) + "\n"), mtime, isPrivate: false);
        return true;
    }

    /// <inheritdoc/>
    protected override void Delete(WorkKey key, StatusState state)
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
    }

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
