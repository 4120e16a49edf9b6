using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Agent.Tails;

/// <summary>The output of the last run of a job, which its record has.</summary>
internal sealed class StoredOutput
{
    private const int Group = 3;
    private const int GroupLength = 4;

    private readonly Func<long, int, byte[]?> _read;
    private readonly KeptRange _range;

    private StoredOutput(KeptRange range, Func<long, int, byte[]?> read) => (_range, _read) = (range, read);

    /// <summary>The number of bytes that were printed.</summary>
    public long Total => _range.Total;

    /// <summary>The output in a record; null when it is not base64.</summary>
    public static StoredOutput? Of(Job job, OutputStream stream)
    {
        var (output, isCut, size) = stream is OutputStream.Stdout
            ? (job.Status.Stdout, job.Status.StdoutTruncated, job.Status.StdoutSize)
            : (job.Status.Stderr, job.Status.StderrTruncated, job.Status.StderrSize);

        // A node without live output does not record the size.
        if (output is SpooledOutput file)
            return new(RangeOf(file.Total, file.Kept), file.Read);

        var base64 = output?.Text ?? "";
        if (LengthOf(base64) is not { } length)
        {
            // Another program may have broken the text into lines.
            try
            {
                var bytes = Convert.FromBase64String(base64);
                (base64, length) = (Convert.ToBase64String(bytes), bytes.Length);
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return new(RangeOf(length, length), (index, count) => Decode(base64, (int)index, count));

        KeptRange RangeOf(long total, long kept) => new(isCut is true && size > total ? size.Value : total, kept);
    }

    /// <summary>Reads the first kept bytes at or after an offset; null when they are not base64.</summary>
    /// <exception cref="IOException">The file of the output is gone.</exception>
    public KeptBytes? Read(long offset, int most)
    {
        var start = _range.FirstFrom(offset);
        var count = _range.CountFrom(start, most);
        if (count is 0)
            return new KeptBytes(start, ReadOnlyMemory<byte>.Empty);

        return _read(_range.IndexOf(start), count) is { } bytes ? new KeptBytes(start, bytes) : null;
    }

    // Only the groups with these bytes: the text may have 20 MB, and each part of it is a request of its own.
    private static byte[]? Decode(string base64, int index, int count)
    {
        var first = index / Group;
        var groups = ((index + count + Group - 1) / Group) - first;
        var bytes = new byte[groups * Group];
        return Convert.TryFromBase64Chars(base64.AsSpan(first * GroupLength, groups * GroupLength), bytes, out var written)
            && written >= (index % Group) + count
            ? bytes[(index % Group)..((index % Group) + count)]
            : null;
    }

    private static int? LengthOf(string base64)
    {
        if (base64.Length % GroupLength is not 0 || base64.AsSpan().IndexOfAny(" \t\r\n") >= 0)
            return null;

        var padding = base64.EndsWith("==", StringComparison.Ordinal) ? 2 : base64.EndsWith('=') ? 1 : 0;
        return (base64.Length / GroupLength * Group) - padding;
    }
}
