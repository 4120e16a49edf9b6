namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The output of a job on one stream, up to a limit.</summary>
/// <remarks>Longer output is reduced to its first and last part, of half the limit each. Not thread-safe.</remarks>
/// <param name="limit">Maximum number of bytes.</param>
internal sealed class OutputBuffer(int limit)
{
    private const int FirstCapacity = 256;

    // The first half stays in place; the second half becomes a ring buffer once the limit is reached.
    private readonly int _ringStart = limit / 2;

    private byte[] _bytes = [];
    private int _length;
    private int _next;

    /// <summary>True when output was dropped.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>True without any output.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Allocated bytes, never more than the limit.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Appends output.</summary>
    public void Append(ReadOnlySpan<byte> printed)
    {
        var fitting = Math.Min(printed.Length, limit - _length);
        Grow(_length + fitting);
        printed[..fitting].CopyTo(_bytes.AsSpan(_length));
        _length += fitting;
        if (fitting < printed.Length)
            AppendToRing(printed[fitting..]);
    }

    /// <summary>The kept output in its order, as base64.</summary>
    public string ToBase64()
    {
        Unroll();
        return Convert.ToBase64String(_bytes.AsSpan(0, _length));
    }

    private void Grow(int length)
    {
        if (length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Min(limit, Math.Max(length, Math.Max(FirstCapacity, _bytes.Length * 2))));
    }

    private void AppendToRing(ReadOnlySpan<byte> printed)
    {
        IsTruncated = true;
        var ring = _bytes.AsSpan(_ringStart);
        if (printed.Length >= ring.Length)
        {
            printed[^ring.Length..].CopyTo(ring);
            _next = 0;
            return;
        }

        var beforeEnd = Math.Min(printed.Length, ring.Length - _next);
        printed[..beforeEnd].CopyTo(ring[_next..]);
        printed[beforeEnd..].CopyTo(ring);
        _next = (_next + printed.Length) % ring.Length;
    }

    // Three reversals rotate the ring in place, without a second buffer of its size.
    private void Unroll()
    {
        if (_next == 0)
            return;

        var ring = _bytes.AsSpan(_ringStart);
        ring[.._next].Reverse();
        ring[_next..].Reverse();
        ring.Reverse();
        _next = 0;
    }
}
