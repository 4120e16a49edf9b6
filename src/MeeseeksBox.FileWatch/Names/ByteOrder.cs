namespace MeeseeksBox.FileWatch.Names;

/// <summary>The order of names by their bytes in UTF-8 (docs/SPECIFICATION.md#file-order), without making the bytes.</summary>
public sealed class ByteOrder : IComparer<string>
{
    private ByteOrder()
    {
    }

    /// <summary>The order.</summary>
    public static ByteOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
            return x.Length - y.Length;
        return Rank(x[common]) - Rank(y[common]);
    }

    // Surrogates stand for what lies above all that one unit of UTF-16 can say, but are not the highest units themselves.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
