using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.Agent.State;

/// <summary>The target of the history: a file, or a pipe, a device or a stream of the box.</summary>
/// <param name="flush">The flush of the disk.</param>
internal sealed class HistoryFile(DiskFlush flush) : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private AppendTarget? _open;
    private string? _path;
    private string? _pathOnDisk;

    /// <summary>Appends lines. A file gets all of them or none, and they are on disk.</summary>
    /// <param name="path">The path of the target.</param>
    /// <param name="lines">The lines from the position on, which moves behind those that were written.</param>
    /// <exception cref="IOException">A line could not be written; so may the other exceptions of <see cref="FileProblem"/>.</exception>
    public void Append(string path, MemoryStream lines)
    {
        if (path != _path)
            Close();

        if (_open is null && AppendTarget.IsFile(path))
        {
            // Opened for each group, so that the file may be rotated away at any time.
            var isNew = path != _pathOnDisk || !File.Exists(path);
            using var file = AppendFile.OpenPrivate(path, FileShare.ReadWrite | FileShare.Delete);
            if (isNew)
                flush.NameOf(path);

            _pathOnDisk = path;
            lines.Position = 0;
            AppendFile.Append(file, lines, flush);
            return;
        }

        // Kept open, because a pipe without a reader loses what is in it when its last writer closes it.
        if (_open is null)
        {
            (_open, _path) = (AppendTarget.Open(path, Private), path);
            lines.Position = 0;
        }

        var problem = _open.Write(lines.GetBuffer().AsSpan((int)lines.Position, (int)(lines.Length - lines.Position)), out var count);
        lines.Position += count;
        if (problem is not null)
            throw new IOException(problem);
    }

    /// <summary>Flushes what an earlier instance of the box has written to a file.</summary>
    /// <exception cref="IOException">The flush failed; so may the other exceptions of <see cref="FileProblem"/>.</exception>
    public void FlushFormer(string path)
    {
        flush.Content(path);
        flush.NameOf(path);
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Close()
    {
        _open?.Dispose();
        _open = null;
    }
}
