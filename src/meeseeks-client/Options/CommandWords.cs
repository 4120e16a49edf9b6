using MeeseeksBox.CommandLine.Completion;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>
/// The words of a command line, parted before any parser sees them: what belongs to a job must reach it untouched, whatever it looks like
/// (<c>--help</c>, <c>@file</c>, <c>-la</c>, <c>a=b</c>).
/// </summary>
/// <param name="Client">The client options, from before the command and after it.</param>
/// <param name="Command">The command; null when none was named.</param>
/// <param name="Own">What stands after the command and is the command's own: <c>key=value</c> words, ids, and options like <c>--help</c>.</param>
/// <param name="Job">The program and its arguments: all that stands after the pool of <c>sub</c>.</param>
internal sealed record CommandWords(IReadOnlyList<string> Client, string? Command, IReadOnlyList<string> Own, IReadOnlyList<string> Job)
{
    private const string Submit = "sub";

    // The original takes every word that begins with these commands: the whole words are in scripts.
    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["submit"] = Submit,
        ["status"] = "stat",
        ["config"] = "conf",
    };

    /// <summary>Parts the words.</summary>
    /// <param name="words">The words after the program's name.</param>
    /// <param name="implied">The command that the program's name implies.</param>
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

    // Up to the pool and with it; where pool= names it, up to the program.
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
