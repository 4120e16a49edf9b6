namespace MeeseeksBox.Agent.Tails;

/// <summary>Which bytes of a stream are kept: all of them, or a first and a last part.</summary>
/// <remarks>The parts are those of docs/RUNNER.md#spool: half of the kept bytes each, the last part with the odd byte.</remarks>
/// <param name="Total">The number of bytes that were printed.</param>
/// <param name="Kept">The number of bytes that are kept.</param>
internal readonly record struct KeptRange(long Total, long Kept)
{
    private long HeadLength => Total == Kept ? Total : Kept / 2;

    private long TailStart => Total == Kept ? Total : Total - (Kept - (Kept / 2));

    /// <summary>The offset that a request means; a negative one counts from the end.</summary>
    public static long Resolve(long offset, long total) => offset >= 0 ? offset : Math.Max(0, total + offset);

    /// <summary>The offset of the first kept byte at or after an offset.</summary>
    public long FirstFrom(long offset) => offset < HeadLength ? offset : Math.Max(offset, TailStart);

    /// <summary>The number of bytes from a kept byte to the gap or the end, up to a maximum.</summary>
    public int CountFrom(long start, int most) =>
        (int)Math.Clamp((start < HeadLength ? HeadLength : Total) - start, 0, most);

    /// <summary>The index of a kept byte among the kept bytes.</summary>
    public long IndexOf(long start) => start < HeadLength ? start : Kept - (Total - start);
}
