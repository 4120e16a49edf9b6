namespace MeeseeksBox.Foundation.Text;

/// <summary>Suggests the intended key for a mistyped one.</summary>
public static class EditDistance
{
    /// <summary>The known key with the smallest distance; null when there are no known keys.</summary>
    public static string? Nearest(string key, IEnumerable<string> known) => known.MinBy(candidate => Between(key, candidate));

    /// <summary>The number of letters to insert, delete or replace between two words (Levenshtein).</summary>
    public static int Between(string from, string to)
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
