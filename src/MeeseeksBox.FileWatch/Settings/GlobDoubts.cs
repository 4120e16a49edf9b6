using MeeseeksBox.FileWatch.Templates;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Finds patterns that are valid, but probably mean something else.</summary>
internal static class GlobDoubts
{
    private static readonly char[] Separators = [' ', '\t', ',', ';', '|'];
    private static readonly string[] Extended = ["!(", "+(", "@("];

    // Escapes of regular expressions, and what a glob has for them.
    private static readonly (string Escape, string Instead)[] Escapes =
        [("\\d", "[[:digit:]]"), ("\\w", "[[:alnum:]_]"), ("\\s", "[[:space:]]")];

    /// <summary>The doubts about a pattern, a clause for people each.</summary>
    public static IEnumerable<string> Of(string pattern)
    {
        var parts = pattern.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 1 && !pattern.Contains('{', StringComparison.Ordinal) && Array.TrueForAll(parts, HasWildcard))
        {
            var list = string.Join(", ", parts.Select(part => $"\"{part}\""));
            yield return $"it is one pattern; write a list for several, [{list}]";
        }

        if (pattern.Trim() != pattern)
            yield return "it begins or ends with a space, which names must have, too";
        if (pattern is ['\'', .., '\''] or ['"', .., '"'])
            yield return "the quotes are part of the names";
        if (Extended.FirstOrDefault(mark => Closes(pattern, mark)) is { } extended)
            yield return $"{extended}…) is literal; use a list, {{a,b}}, or exclude";
        if (pattern.StartsWith('^') || pattern.EndsWith('$') || pattern.Contains(".*\\", StringComparison.Ordinal))
            yield return "it looks like a regular expression, and is a pattern of the shell, such as *.dat";
        foreach (var (escape, instead) in Escapes.Where(entry => pattern.Contains(entry.Escape, StringComparison.Ordinal)))
            yield return $"{escape} is the letter {escape[1]}; use {instead}";
        foreach (var key in FormattedText.Parse(pattern).Keys)
            yield return $"%({key})s is literal, because there is no key '{key}'";
    }

    private static bool HasWildcard(string part) => part.AsSpan().ContainsAny('*', '?');

    private static bool Closes(string pattern, string mark) =>
        pattern.IndexOf(mark, StringComparison.Ordinal) is var start and >= 0 && pattern.IndexOf(')', start) > 0;
}
