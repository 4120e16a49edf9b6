using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>Orders names by their bytes, without encoding those of UTF-8 (docs/SPECIFICATION.md#file-order).</summary>
public sealed class ByteOrder : IComparer<string>
{
    private ByteOrder()
    {
    }

    /// <summary>The only instance.</summary>
    public static ByteOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
            return x.Length - y.Length;
        return ByteText.IsByte(x[common]) || ByteText.IsByte(y[common])
            ? ByteText.Encode(x).AsSpan().SequenceCompareTo(ByteText.Encode(y))
            : Rank(x[common]) - Rank(y[common]);
    }

    // Surrogates encode code points above all others, but U+E000 to U+FFFF are higher UTF-16 units.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
