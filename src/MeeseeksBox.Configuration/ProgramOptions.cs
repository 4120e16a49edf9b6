using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Configuration;

/// <summary>The options of a program that otherwise takes files and settings.</summary>
public static class ProgramOptions
{
    private static readonly string[] Known = ["--check", "--help", "--version"];

    /// <summary>Finds a word with a dash that is no option. A file with such a name can be given as <c>./-name</c>.</summary>
    /// <param name="words">The words that are not known options.</param>
    /// <returns>The reason, without the name of the program; null when there is no such word.</returns>
    public static string? ProblemOf(IEnumerable<string> words) =>
        words.FirstOrDefault(word => word.StartsWith('-') && !CommandLineSetting.IsSetting(word)) is { } option
            ? $"unknown option {option}{(DidYouMean.Of(option, Known) is { Length: > 0 } near ? near : ".")}"
            : null;
}
