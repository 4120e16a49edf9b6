namespace MeeseeksBox.Foundation.Files;

/// <summary>A file of lines that programs append to, readable by its owner only.</summary>
public static class AppendFile
{
    /// <summary>Opens or creates a file that only its owner may read.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public static FileStream OpenPrivate(string path, FileShare share, FileMode mode = FileMode.OpenOrCreate) =>
        new(path, new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });

    /// <summary>Appends lines and flushes them to the disk, all or none.</summary>
    /// <remarks>A line that a crash cut off is ended first, so that the next one stays readable.</remarks>
    /// <param name="file">The file, which is left open.</param>
    /// <param name="lines">The lines, read from their current position.</param>
    /// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
    /// <exception cref="IOException">The file cannot be written, and is as long as before.</exception>
    public static void Append(FileStream file, Stream lines, DiskFlush? flush = null)
    {
        EndLine(file);
        var end = file.Length;
        try
        {
            lines.CopyTo(file);
            file.Flush();
            (flush ?? DiskFlush.Real).Content(file.SafeFileHandle);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            // The lines are appended again later. Without this, some of them would appear twice.
            file.SetLength(end);
            throw;
        }
    }

    private static void EndLine(FileStream file)
    {
        if (file.Seek(0, SeekOrigin.End) is 0)
            return;
        _ = file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() is not '\n')
            file.WriteByte((byte)'\n');
    }
}
