namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Keeps what a job prints on one stream: all of it up to a limit, else the first half and the last half of the limit.</summary>
/// <remarks>Not for use by several threads at once.</remarks>
/// <param name="limit">How many bytes are kept at most.</param>
internal sealed class OutputBuffer(int limit)
{
    private const int FirstCapacity = 256;

    // The first half keeps its place; what follows is a ring once the limit is reached.
    private readonly int _ringStart = limit / 2;

    private byte[] _bytes = [];
    private int _length;
    private int _next;

    /// <summary>True when more was printed than is kept.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>True when nothing is kept.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>How many bytes of memory are in use for it: never more than the limit.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Takes in what was printed.</summary>
    public void Append(ReadOnlySpan<byte> printed)
    {
        var fitting = Math.Min(printed.Length, limit - _length);
        Grow(_length + fitting);
        printed[..fitting].CopyTo(_bytes.AsSpan(_length));
        _length += fitting;
        if (fitting < printed.Length)
            AppendToRing(printed[fitting..]);
    }

    /// <summary>What is kept, in the order it was printed, as base64.</summary>
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

    // Three reversals put the ring in order where it lies, without a second buffer of its size.
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
