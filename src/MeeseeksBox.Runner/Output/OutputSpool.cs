using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
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
/// <param name="folder">The folder of a file without a full path.</param>
internal sealed unsafe class OutputSpool(string path, int limit, SpoolFolder folder)
{
    private const int OnlyOwner = 0x180; // rw for the owner

    private volatile bool _isCreated;
    private volatile string? _problem;
    private long _total;
    private long _lost;

    /// <summary>True when there was something to keep, so that there is a file. May be read by any thread.</summary>
    public bool IsCreated => _isCreated;

    /// <summary>Number of bytes that were printed, up to the first one that could not be written. May be read by any thread.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Number of bytes that were printed after those. May be read by any thread.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Why the file could not be written to; null when it could. May be read by any thread.</summary>
    public string? Problem => _problem;

    /// <summary>Appends output.</summary>
    /// <remarks>The file is open during the call only: a running job takes no descriptor for it.</remarks>
    /// <returns>False when the system has no descriptor left at present: nothing was appended.</returns>
    public bool TryAppend(ReadOnlySpan<byte> printed)
    {
        var descriptor = -1;
        if (_problem is null && limit > 0 && !TryOpen(out descriptor))
            return false;
        if (_problem is not null)
        {
            _ = Interlocked.Add(ref _lost, printed.Length);
            return true;
        }

        Write(descriptor, printed);
        if (descriptor >= 0)
            _ = LibC.Close(descriptor);
        return true;
    }

    /// <summary>Reads a part of the output, which is all kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="total">Number of bytes that were printed.</param>
    /// <param name="limit">The limit of the file.</param>
    /// <param name="start">Offset of the first byte in the whole output.</param>
    /// <param name="count">Number of bytes, not beyond the end of the output or of its first half.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] Read(string path, long total, int limit, long start, int count)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return Read(file, total, limit, start, count);
    }

    /// <summary>Reads the output in its order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="total">Number of bytes that were printed.</param>
    /// <param name="limit">The limit of the file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] Read(string path, long total, int limit)
    {
        if (Math.Min(total, limit) is 0)
            return [];

        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return Read(file, total, limit);
    }

    /// <summary>Reads the output in its order, of an open file.</summary>
    /// <inheritdoc cref="Read(string, long, int)"/>
    public static byte[] Read(SafeFileHandle file, long total, int limit)
    {
        if (total <= limit)
            return Read(file, total, limit, 0, (int)total);

        var half = limit / 2;
        return [.. Read(file, total, limit, 0, half), .. Read(file, total, limit, total - (limit - half), limit - half)];
    }

    /// <summary>Reads a part of the output, of an open file.</summary>
    /// <inheritdoc cref="Read(string, long, int, long, int)"/>
    public static byte[] Read(SafeFileHandle file, long total, int limit, long start, int count)
    {
        var bytes = new byte[count];
        for (var length = 0; length < count;)
        {
            // A part may be at the end of the ring and at its beginning.
            var position = total <= limit ? start + length : PositionOf(start + length, limit);
            var read = RandomAccess.Read(file, bytes.AsSpan(length, (int)Math.Min(count - length, limit - position)), position);
            if (read is 0)
                return bytes[..length];
            length += read;
        }

        return bytes;
    }

    // A byte below the limit was written to its own place, which the ring may have taken since.
    private static long PositionOf(long number, int limit) =>
        number < limit ? number : limit is 0 ? 0 : (limit / 2) + ((number - limit) % (limit - (limit / 2)));

    // A file that was removed meanwhile is not made again: its first part would be missing.
    private bool TryOpen(out int descriptor)
    {
        descriptor = _isCreated ? LibC.Open(path, OpenFlag.WriteOnly | OpenFlag.CloseOnExec, 0) : Create();
        if (descriptor >= 0)
        {
            _isCreated = true;
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        if (!_isCreated && error is ErrorNumber.NoEntry && folder.TryRemake())
            return TryOpen(out descriptor);
        if (Shortage.Is(error))
            return false;

        _problem = $"{path}: {ErrorNumber.TextOf(error)}";
        return true;
    }

    private int Create() =>
        LibC.Open(path, OpenFlag.WriteOnly | OpenFlag.CloseOnExec | OpenFlag.Create | OpenFlag.Truncate, OnlyOwner);

    private void Write(int descriptor, ReadOnlySpan<byte> printed)
    {
        var total = _total;
        var ringLength = limit - (limit / 2);
        while (printed.Length > 0)
        {
            // Of more than a whole turn of the ring only the last one stays.
            var skipped = total >= limit ? Math.Max(0, printed.Length - ringLength) : 0;
            total += skipped;
            printed = printed[skipped..];
            var position = PositionOf(total, limit);
            var count = (int)Math.Min(printed.Length, limit - position);
            if (count is 0)
            {
                total += printed.Length;
                break;
            }

            var written = WriteAt(descriptor, printed[..count], position);
            total += written;
            printed = printed[written..];
            if (written < count)
            {
                _ = Interlocked.Add(ref _lost, printed.Length);
                break;
            }
        }

        _ = Interlocked.Exchange(ref _total, total);
    }

    private int WriteAt(int descriptor, ReadOnlySpan<byte> bytes, long position)
    {
        var length = bytes.Length;
        while (bytes.Length > 0 && _problem is null)
        {
            nint written;
            fixed (byte* pointer = bytes)
                written = LibC.WriteAt(descriptor, pointer, bytes.Length, position);

            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                position += written;
            }
            else if (Marshal.GetLastPInvokeError() is not ErrorNumber.Interrupted and var error)
            {
                _problem = $"{path}: {ErrorNumber.TextOf(error)}";
            }
        }

        return length - bytes.Length;
    }
}
