namespace MeeseeksBox.Agent.State;

/// <summary>
/// The two files of a journal beside a state file: the one that is written, and the one before it, which goes when the checkpoint that has
/// all of it is on disk.
/// </summary>
internal sealed class JournalFiles(string statePath) : IDisposable
{
    private FileStream? _current;

    /// <summary>The file that is written.</summary>
    public string Current { get; } = statePath + ".journal";

    /// <summary>The file of before the last checkpoint.</summary>
    public string Previous { get; } = statePath + ".journal.old";

    /// <summary>How long the present file is, in bytes.</summary>
    public long Length => _current?.Length ?? 0;

    /// <summary>Appends lines; they are all there afterwards, or none.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        _current ??= OpenPrivate(Current);
        var end = _current.Length;
        try
        {
            RandomAccess.Write(_current.SafeFileHandle, lines, end);
        }
        catch (IOException)
        {
            _current.SetLength(end);
            throw;
        }
    }

    /// <summary>Brings what was appended to the disk itself.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    public void FlushToDisk()
    {
        if (_current is not null)
        {
            RandomAccess.FlushToDisk(_current.SafeFileHandle);
        }
    }

    /// <summary>Lets the present file become the former one, behind what that still holds.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void Rotate()
    {
        _current?.Dispose();
        _current = null;
        if (!File.Exists(Current))
        {
            return;
        }

        if (!File.Exists(Previous))
        {
            File.Move(Current, Previous);
            return;
        }

        using (var former = OpenPrivate(Previous))
        {
            AppendToCurrent(former);
        }

        File.Delete(Current);
    }

    /// <summary>Deletes both files: the state file has all that was in them.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void DropAll()
    {
        _current?.Dispose();
        _current = null;
        File.Delete(Current);
        DropPrevious();
    }

    /// <summary>Deletes the former file: a checkpoint has all of it.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void DropPrevious() => File.Delete(Previous);

    public void Dispose() => _current?.Dispose();

    private void AppendToCurrent(FileStream former)
    {
        EndLine(former);
        var end = former.Seek(0, SeekOrigin.End);
        try
        {
            using var present = File.OpenRead(Current);
            present.CopyTo(former);
            former.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // It is tried again, and the disk may be full: what is there already would be there once more each time.
            former.SetLength(end);
            throw;
        }
    }

    // A line that a crash cut off must not swallow the next one.
    private static void EndLine(FileStream file)
    {
        if (file.Length > 0)
        {
            _ = file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() is not '\n')
            {
                file.WriteByte((byte)'\n');
            }
        }
    }

    private static FileStream OpenPrivate(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Read,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        BufferSize = 0,
    });
}
