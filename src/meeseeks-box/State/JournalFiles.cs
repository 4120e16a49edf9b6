using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Agent.State;

/// <summary>The two files of a journal: the current one, and the previous one.</summary>
/// <remarks>The previous one is deleted once the checkpoint that covers it is on disk.</remarks>
internal sealed class JournalFiles(string statePath) : IDisposable
{
    private FileStream? _current;

    /// <summary>Path of the file that receives new lines.</summary>
    public string Current { get; } = statePath + ".journal";

    /// <summary>Path of the file with the lines before the last rotation.</summary>
    public string Previous { get; } = statePath + ".journal.old";

    /// <summary>Appends lines, all or none.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        _current ??= AppendFile.OpenPrivate(Current, FileShare.Read);
        var end = _current.Length;
        try
        {
            RandomAccess.Write(_current.SafeFileHandle, lines, end);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            _current.SetLength(end);
            throw;
        }
    }

    /// <summary>Flushes appended lines to the disk.</summary>
    /// <exception cref="IOException">The flush failed.</exception>
    public void FlushToDisk()
    {
        if (_current is not null)
            RandomAccess.FlushToDisk(_current.SafeFileHandle);
    }

    /// <summary>Turns the current file into the previous one, or appends it to a previous one that is still there.</summary>
    /// <exception cref="IOException">A file cannot be written, renamed or deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public void Rotate()
    {
        _current?.Dispose();
        _current = null;
        if (!File.Exists(Current))
            return;

        if (!File.Exists(Previous))
        {
            File.Move(Current, Previous);
            return;
        }

        using (var previous = AppendFile.OpenPrivate(Previous, FileShare.Read))
        using (var current = File.OpenRead(Current))
        {
            AppendFile.Append(previous, current);
        }

        File.Delete(Current);
    }

    /// <summary>Deletes both files, which the state file covers.</summary>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of the folder forbid it.</exception>
    public void DropAll()
    {
        _current?.Dispose();
        _current = null;
        File.Delete(Current);
        DropPrevious();
    }

    /// <summary>Deletes the previous file, which a checkpoint covers.</summary>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of the folder forbid it.</exception>
    public void DropPrevious() => File.Delete(Previous);

    public void Dispose() => _current?.Dispose();
}
