namespace MeeseeksBox.Agent.State;

/// <summary>
/// The two files of a journal beside a state file: the one that is written, and the one before it, which goes when the checkpoint that has
/// all of it is on disk.
/// </summary>
internal sealed class JournalFiles(string statePath) : IDisposable
{
    private FileStream? _present;

    /// <summary>The file that is written.</summary>
    public string Present { get; } = statePath + ".journal";

    /// <summary>The file of before the last checkpoint.</summary>
    public string Former { get; } = statePath + ".journal.old";

    /// <summary>How long the present file is, in bytes.</summary>
    public long Length => _present?.Length ?? 0;

    /// <summary>Appends lines; they are all there afterwards, or none.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        _present ??= OpenPrivate(Present);
        var end = _present.Length;
        try
        {
            RandomAccess.Write(_present.SafeFileHandle, lines, end);
        }
        catch (IOException)
        {
            _present.SetLength(end);
            throw;
        }
    }

    /// <summary>Brings what was appended to the disk itself.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    public void FlushToDisk()
    {
        if (_present is not null)
        {
            RandomAccess.FlushToDisk(_present.SafeFileHandle);
        }
    }

    /// <summary>Lets the present file become the former one, behind what that still holds.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void Rotate()
    {
        _present?.Dispose();
        _present = null;
        if (!File.Exists(Present))
        {
            return;
        }

        if (!File.Exists(Former))
        {
            File.Move(Present, Former);
            return;
        }

        using (var former = OpenPrivate(Former))
        {
            EndLine(former);
            using var present = File.OpenRead(Present);
            present.CopyTo(former);
            former.Flush(flushToDisk: true);
        }

        File.Delete(Present);
    }

    /// <summary>Deletes both files: the state file has all that was in them.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void DropAll()
    {
        _present?.Dispose();
        _present = null;
        File.Delete(Present);
        DropFormer();
    }

    /// <summary>Deletes the former file: a checkpoint has all of it.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be done.</exception>
    public void DropFormer() => File.Delete(Former);

    public void Dispose() => _present?.Dispose();

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
