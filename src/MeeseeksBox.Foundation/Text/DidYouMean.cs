namespace MeeseeksBox.Foundation.Text;

/// <summary>Suggests a known word for a mistyped one.</summary>
public static class DidYouMean
{
    /// <summary>The end of a message, such as <c>; did you mean retries?</c>; empty if no known word is near.</summary>
    public static string Of(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest && Distance(word, nearest) <= 1 + (word.Length / 4) ? $"; did you mean {nearest}?" : "";

    /// <summary>The known word that differs least, however much that is; null when there are no known words.</summary>
    /// <remarks>Among equally near words, one of the same length is preferred, and then one with the same capital letters.</remarks>
    public static string? Nearest(string word, IEnumerable<string> known) =>
        known.MinBy(one => (Distance(word, one), Math.Abs(word.Length - one.Length), CapitalsBetween(word, one)));

    private static int CapitalsBetween(string word, string other) =>
        word.Zip(other).Count(pair => pair.First != pair.Second && IsSame(pair.First, pair.Second));

    // The number of letters to insert, delete or replace, and of neighbours to swap (optimal string alignment).
    private static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                rows[i, j] = i is 0 ? j
                    : j is 0 ? i
                    : Math.Min(rows[i - 1, j - 1] + (IsSame(from[i - 1], to[j - 1]) ? 0 : 1), Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && IsSame(from[i - 1], to[j - 2]) && IsSame(from[i - 2], to[j - 1]))
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[from.Length, to.Length];
    }

    private static bool IsSame(char one, char other) => char.ToLowerInvariant(one) == char.ToLowerInvariant(other);
}
