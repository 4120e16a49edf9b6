using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>What a mistyped word may have been meant to be.</summary>
internal static class DidYouMean
{
    /// <summary>The end of a message about a word: <c>; did you mean retries?</c>, or nothing when no known word is near.</summary>
    public static string Of(string word, IEnumerable<string> known)
    {
        // Two letters that changed places are two changes: of words that are as near, the one that is as long.
        var nearest = known.MinBy(one => (EditDistance.Between(word, one), Math.Abs(word.Length - one.Length)));
        return nearest is not null && EditDistance.Between(word, nearest) <= 1 + (word.Length / 4) ? $"; did you mean {nearest}?" : "";
    }
}
