namespace MeeseeksBox.PowerCut.Disk;

/// <summary>A write to a file; without bytes, a change of its length.</summary>
/// <param name="Position">Where it begins; the new length.</param>
/// <param name="Bytes">The bytes; null for a change of the length.</param>
internal sealed record FileWrite(long Position, byte[]? Bytes)
{
    /// <summary>The content after the write.</summary>
    public byte[] On(byte[] content)
    {
        var result = new byte[Bytes is null ? Position : Math.Max(content.Length, Position + Bytes.Length)];
        content.AsSpan(0, Math.Min(content.Length, result.Length)).CopyTo(result);
        Bytes?.CopyTo(result, Position);
        return result;
    }

    /// <summary>A write of as many zeros: the length is on disk, and the bytes are not.</summary>
    public FileWrite Zeroed() => this with { Bytes = Bytes is null ? null : new byte[Bytes.Length] };

    /// <summary>The beginning of the write.</summary>
    public FileWrite Torn(Random random) => this with { Bytes = Bytes?[..random.Next(Bytes.Length + 1)] };
}
