using MeeseeksBox.Configuration;

namespace MeeseeksBox.WatchAgent.Commands;

/// <summary>The words of <c>status</c> and <c>again</c>: first a configuration, then names.</summary>
/// <param name="Configuration">Files and settings; empty without a configuration.</param>
/// <param name="Names">The other words.</param>
/// <param name="Options">The options, as key and value.</param>
internal sealed record ControlWords(
    IReadOnlyList<string> Configuration, IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>Sorts the words of a call.</summary>
    /// <remarks>A word before the names is a file when it has a slash, or when there is a file of this name.</remarks>
    /// <param name="words">The words.</param>
    /// <param name="options">The keys of options, which are like settings.</param>
    public static ControlWords Of(IEnumerable<string> words, params string[] options)
    {
        var (configuration, names, found) = (new List<string>(), new List<string>(), new Dictionary<string, string>());
        foreach (var word in words)
        {
            var end = word.IndexOf('=', StringComparison.Ordinal);
            if (end > 0 && options.Contains(word[..end]))
                found[word[..end]] = word[(end + 1)..];
            else if (names.Count == 0 && (CommandLineSetting.IsSetting(word) || word.Contains('/') || File.Exists(word)))
                configuration.Add(word);
            else
                names.Add(word);
        }

        return new ControlWords(configuration, names, found);
    }
}
