using MeeseeksBox.Configuration;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>
/// The words of a command line, split by the grammar of the original. The words of a job stay unchanged, also <c>--help</c>,
/// <c>-la</c> and <c>a=b</c>.
/// </summary>
/// <param name="Client">The client options, from before and after the command.</param>
/// <param name="Command">The command; null if there is none.</param>
/// <param name="Own">The words of the command: <c>key=value</c> words and ids.</param>
/// <param name="Job">The program and its arguments: the words after the pool of <c>sub</c>.</param>
internal sealed record CommandWords(IReadOnlyList<string> Client, string? Command, IReadOnlyList<string> Own, IReadOnlyList<string> Job)
{
    /// <summary>The command that shells call for completions. The help omits it.</summary>
    public const string Completion = "complete";

    private const string Submit = "sub";
    private const string VersionOption = "--version";
    private const string EndOfOptions = "--";

    // The original accepts every word that begins with the name of these commands; scripts use the full words.
    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["submit"] = Submit,
        ["status"] = "stat",
        ["config"] = "conf",
    };

    private static readonly string[] HelpOptions = ["--help", "-h", "-?"];

    /// <summary>The words that begin with a dash, except those of the job. After <c>--</c>, such words are ids.</summary>
    public IReadOnlyList<string> Options { get; private init; } = [];

    /// <summary>Whether an option asks for the help.</summary>
    public bool AsksForHelp => Options.Any(HelpOptions.Contains);

    /// <summary>Whether an option asks for the version.</summary>
    public bool AsksForVersion => Options.Contains(VersionOption);

    /// <summary>The first option that does not exist; null if all do.</summary>
    public string? UnknownOption => Options.FirstOrDefault(word => !IsOption(word));

    /// <summary>Splits the words.</summary>
    /// <param name="words">The words after the name of the program.</param>
    /// <param name="implied">The command that the name of the program implies; null if none.</param>
    public static CommandWords Split(IReadOnlyList<string> words, string? implied)
    {
        var before = implied is null ? words.TakeWhile(word => CommandLineSetting.IsSetting(word) || HasDash(word)).ToList() : [];
        var client = before.Where(CommandLineSetting.IsSetting).ToList();
        var command = implied ?? words.ElementAtOrDefault(before.Count);
        command = command is null ? null : LongNames.GetValueOrDefault(command, command);
        var rest = words.Skip(implied is null ? before.Count + 1 : 0).ToList();
        if (command is Completion && implied is null)
            return new CommandWords([], command, rest, []);

        var own = rest.Take(command is Submit ? OwnOfSubmit(rest) : rest.Count).ToList();
        var job = rest.Skip(own.Count).ToList();
        client.AddRange(own.Where(ClientSettings.IsClientWord));
        _ = own.RemoveAll(ClientSettings.IsClientWord);
        var mixed = own.TakeWhile(word => word is not EndOfOptions).ToList();
        List<string> plain = [.. mixed.Where(word => !HasDash(word)), .. own.Skip(mixed.Count + 1)];
        return new CommandWords(client, command, plain, job) { Options = [.. before.Where(HasDash), .. mixed.Where(HasDash)] };
    }

    // The words up to the pool, inclusive; with pool=, the words before the program.
    private static int OwnOfSubmit(List<string> words)
    {
        var first = words.FindIndex(word => !CommandLineSetting.IsSetting(word) && !IsOption(word));
        if (first < 0)
            return words.Count;

        return words.Take(first).Any(word => word.StartsWith("pool=", StringComparison.Ordinal)) ? first : first + 1;
    }

    private static bool HasDash(string word) => word is ['-', _, ..] && !CommandLineSetting.IsSetting(word);

    private static bool IsOption(string word) => word is VersionOption || HelpOptions.Contains(word);
}
