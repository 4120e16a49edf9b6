namespace MeeseeksBox.Foundation.Text;

/// <summary>Suggests a known word for a mistyped one.</summary>
public static class DidYouMean
{
    /// <summary>The end of a message, such as <c>; did you mean retries?</c>; empty if no known word is near.</summary>
    public static string Of(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest && Distance(word, nearest) <= 1 + (word.Length / 4) ? $"; did you mean {nearest}?" : "";

    /// <summary>The known word that differs least, however much that is; null when there are no known words.</summary>
    /// <remarks>Two swapped letters count as two edits, so among equally near words one of the same length is preferred.</remarks>
    public static string? Nearest(string word, IEnumerable<string> known) =>
        known.MinBy(one => (Distance(word, one), Math.Abs(word.Length - one.Length)));

    // The number of letters to insert, delete or replace (Levenshtein).
    private static int Distance(string from, string to)
    {
        var above = Enumerable.Range(0, to.Length + 1).ToArray();
        var row = new int[to.Length + 1];
        for (var i = 1; i <= from.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
            }

            (above, row) = (row, above);
        }

        return above[to.Length];
    }
}
