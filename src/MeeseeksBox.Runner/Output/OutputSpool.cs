using MeeseeksBox.Runner.Unix;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Runner.Output;

/// <summary>What a job prints on one stream, in a file of limited size.</summary>
/// <remarks>
/// Longer output is reduced to its first and last part, of half the limit each: the second half of the file is a ring then
/// (docs/RUNNER.md#spool).
/// </remarks>
/// <param name="path">The file, which the first output creates.</param>
/// <param name="limit">Its maximum size in bytes.</param>
internal sealed class OutputSpool(string path, int limit) : IDisposable
{
    private const int OnlyOwner = 0x180; // rw for the owner

    private SafeFileHandle? _file;

    /// <summary>Number of bytes that were printed.</summary>
    public long Total { get; private set; }

    /// <summary>Why the file could not be written to; null when it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Appends output.</summary>
    public void Append(ReadOnlySpan<byte> printed)
    {
        var ringLength = limit - (limit / 2);
        while (printed.Length > 0)
        {
            // Of more than a whole turn of the ring only the last one stays.
            var skipped = Total >= limit ? Math.Max(0, printed.Length - ringLength) : 0;
            Total += skipped;
            printed = printed[skipped..];
            var position = Position();
            var count = (int)Math.Min(printed.Length, limit - position);
            if (count is 0)
            {
                Total += printed.Length;
                return;
            }

            Write(printed[..count], position);
            Total += count;
            printed = printed[count..];
        }
    }

    /// <summary>Reads the output in its order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="total">Number of bytes that were printed.</param>
    /// <param name="limit">The limit of the file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] Read(string path, long total, int limit)
    {
        var kept = new byte[Math.Min(total, limit)];
        if (kept.Length is 0)
            return kept;

        using (var file = File.OpenHandle(path))
        {
            for (var length = 0; length < kept.Length;)
            {
                var count = RandomAccess.Read(file, kept.AsSpan(length), length);
                if (count is 0)
                    return kept[..length];
                length += count;
            }
        }

        if (total <= limit)
            return kept;

        // Three reversals rotate the ring in place, without a second buffer of its size.
        var ring = kept.AsSpan(limit / 2);
        var next = (int)((total - limit) % ring.Length);
        ring[..next].Reverse();
        ring[next..].Reverse();
        ring.Reverse();
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private long Position() => Total < limit ? Total : limit is 0 ? 0 : (limit / 2) + ((Total - limit) % (limit - (limit / 2)));

    private SafeFileHandle Create()
    {
        const int Flags = OpenFlag.WriteOnly | OpenFlag.Create | OpenFlag.Truncate | OpenFlag.CloseOnExec;
        var descriptor = LibC.Open(path, Flags, OnlyOwner);
        if (descriptor < 0 && Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
        {
            // A job or a cleaner of temporary files has removed it.
            _ = Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            descriptor = LibC.Open(path, Flags, OnlyOwner);
        }

        return new SafeFileHandle(SystemCall.Check(descriptor, path), ownsHandle: true);
    }

    private void Write(ReadOnlySpan<byte> bytes, long position)
    {
        if (Problem is not null)
            return;

        try
        {
            _file ??= Create();
            RandomAccess.Write(_file, bytes, position);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Problem = refused.Message;
        }
    }
}
