using MeeseeksBox.CommandLine.Completion;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>
/// The words of a command line, split before the option parser runs: the words of a job must stay unchanged, also <c>--help</c>,
/// <c>@file</c>, <c>-la</c> and <c>a=b</c>.
/// </summary>
/// <param name="Client">The client options, from before and after the command.</param>
/// <param name="Command">The command; null if there is none.</param>
/// <param name="Own">The words of the command: <c>key=value</c> words, ids, and options like <c>--help</c>.</param>
/// <param name="Job">The program and its arguments: the words after the pool of <c>sub</c>.</param>
internal sealed record CommandWords(IReadOnlyList<string> Client, string? Command, IReadOnlyList<string> Own, IReadOnlyList<string> Job)
{
    private const string Submit = "sub";

    // The original accepts every word that begins with the name of these commands; scripts use the full words.
    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["submit"] = Submit,
        ["status"] = "stat",
        ["config"] = "conf",
    };

    /// <summary>Splits the words.</summary>
    /// <param name="words">The words after the name of the program.</param>
    /// <param name="implied">The command that the name of the program implies; null if none.</param>
    public static CommandWords Split(IReadOnlyList<string> words, string? implied)
    {
        var start = 0;
        if (implied is null)
        {
            while (start < words.Count && CommandLineSetting.IsSetting(words[start]))
            {
                start++;
            }
        }

        var client = words.Take(start).ToList();
        var command = implied ?? (start < words.Count ? words[start++] : null);
        command = command is null ? null : LongNames.GetValueOrDefault(command, command);
        var rest = words.Skip(start).ToList();
        if (command is CompleteCommand.Name && implied is null)
        {
            return new CommandWords([], command, rest, []);
        }

        var own = rest.Take(command is Submit ? OwnOfSubmit(rest) : rest.Count).ToList();
        client.AddRange(own.Where(ClientSettings.IsClientWord));
        return new CommandWords(client, command, [.. own.Where(word => !ClientSettings.IsClientWord(word))], [.. rest.Skip(own.Count)]);
    }

    // The words up to the pool, inclusive; with pool=, the words before the program.
    private static int OwnOfSubmit(List<string> words)
    {
        var first = words.FindIndex(word => !CommandLineSetting.IsSetting(word) && !IsHelp(word));
        if (first < 0)
        {
            return words.Count;
        }

        return words.Take(first).Any(word => word.StartsWith("pool=", StringComparison.Ordinal)) ? first : first + 1;
    }

    private static bool IsHelp(string word) => word is "--help" or "-h" or "-?" or "--version";
}
