using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Agent.State;

/// <summary>The two files of a journal: the current one, and the previous one.</summary>
/// <remarks>The previous one is deleted once the checkpoint that covers it is on disk.</remarks>
/// <param name="statePath">The path of the state file.</param>
/// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
internal sealed class JournalFiles(string statePath, DiskFlush? flush = null) : IDisposable
{
    private readonly DiskFlush _flush = flush ?? DiskFlush.Real;
    private FileStream? _current;
    private bool _isNameOnDisk;
    private long _length;

    /// <summary>Path of the file that receives new lines.</summary>
    public string Current { get; } = statePath + ".journal";

    /// <summary>Path of the file with the lines before the last rotation.</summary>
    public string Previous { get; } = statePath + ".journal.old";

    /// <summary>Bytes that were appended since the last rotation; 0 before the first.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Appends lines, all or none.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        if (_current is null)
        {
            _current = AppendFile.OpenPrivate(Current, FileShare.Read);
            _isNameOnDisk = false;
        }

        var end = _current.Length;
        try
        {
            RandomAccess.Write(_current.SafeFileHandle, lines, end);
            _ = Interlocked.Add(ref _length, lines.Length);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            _current.SetLength(end);
            throw;
        }
    }

    /// <summary>Flushes appended lines to the disk, and the name of a new file.</summary>
    /// <exception cref="IOException">The flush failed.</exception>
    public void FlushToDisk()
    {
        if (_current is null)
            return;

        _flush.Content(_current.SafeFileHandle);
        if (!_isNameOnDisk)
        {
            _flush.NameOf(Current);
            _isNameOnDisk = true;
        }
    }

    /// <summary>Flushes what an earlier instance of the box has written: when that was killed, it need not be on disk.</summary>
    /// <exception cref="IOException">A file cannot be read, or a flush failed.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public void FlushFormer()
    {
        foreach (var path in new[] { Previous, Current }.Where(File.Exists))
            _flush.Content(path);

        _flush.NameOf(Current);
    }

    /// <summary>Turns the current file into the previous one, or appends it to a previous one that is still there.</summary>
    /// <exception cref="IOException">A file cannot be written, renamed or deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public void Rotate()
    {
        _ = Interlocked.Exchange(ref _length, 0);
        _current?.Dispose();
        _current = null;
        if (!File.Exists(Current))
            return;

        if (!File.Exists(Previous))
        {
            // With overwrite it is one rename(2): a power cut leaves the one name or the other.
            File.Move(Current, Previous, overwrite: true);
            _flush.NameOf(Previous);
            return;
        }

        using (var previous = AppendFile.OpenPrivate(Previous, FileShare.Read))
        using (var current = File.OpenRead(Current))
        {
            AppendFile.Append(previous, current, _flush);
        }

        _flush.NameOf(Previous);
        File.Delete(Current);
        _flush.NameOf(Current);
    }

    /// <summary>Deletes both files, which the state file covers.</summary>
    /// <remarks>
    /// The previous one first: the last line of a job may be in the current one, and the jobs of the last checkpoint have no numbers by
    /// which an older line is told from them.
    /// </remarks>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of the folder forbid it.</exception>
    public void DropAll()
    {
        _current?.Dispose();
        _current = null;
        DropPrevious();
        _flush.NameOf(Previous);
        File.Delete(Current);
        _flush.NameOf(Current);
    }

    /// <summary>Deletes the previous file, which a checkpoint covers.</summary>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of the folder forbid it.</exception>
    public void DropPrevious() => File.Delete(Previous);

    public void Dispose() => _current?.Dispose();
}
