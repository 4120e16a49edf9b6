namespace MeeseeksBox.Foundation.Text;

/// <summary>Suggests a known word for a mistyped one.</summary>
public static class DidYouMean
{
    /// <summary>The end of a message, such as <c>; did you mean retries?</c>; empty if no known word is near.</summary>
    public static string Of(string word, IEnumerable<string> known)
    {
        // Two swapped letters count as two edits, so among equally near words prefer the one of the same length.
        var nearest = known.MinBy(one => (EditDistance.Between(word, one), Math.Abs(word.Length - one.Length)));
        return nearest is not null && EditDistance.Between(word, nearest) <= 1 + (word.Length / 4) ? $"; did you mean {nearest}?" : "";
    }
}
