using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Control;

namespace MeeseeksBox.WatchAgent.Commands;

/// <summary>
/// <c>complete WORD...</c>: the command that shell completions call. Prints a line for each completion of the last word: the word, a tab
/// and its meaning. The shells add files.
/// </summary>
/// <remarks>It prints no errors: they would appear in the middle of the line that is being typed.</remarks>
internal static class Completion
{
    /// <summary>The name of the command.</summary>
    public const string Command = "complete";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly string[] Commands =
    [
        "status\tshow what a running watcher does",
        "again\trun files of a watch again",
        "--check\tcheck the configuration, and print it merged",
        "--help\tprint the usage",
        "--version\tprint the version",
    ];

    private static readonly string[] Settings =
    [
        "dry_run=1\tlist what would be submitted",
        "once=1\tread the folders once, and exit",
        "lock=",
        "name=",
        "control=",
        "client.address=",
        "client.port=",
        "logging.level=",
        "logging.filename=",
    ];

    /// <summary>Prints the completions.</summary>
    /// <param name="words">The words after the program, of which the last one is completed.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> words)
    {
        foreach (var candidate in await OfAsync(words, NamesAsync))
            StandardStream.Output.WriteLine(candidate);
        return WatcherExitStatus.Good;
    }

    /// <summary>The completions of the last word.</summary>
    /// <param name="words">The words after the program.</param>
    /// <param name="namesOf">Finds the names of the watches of a configuration; of all running watchers for an empty one.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(
        IReadOnlyList<string> words, Func<IReadOnlyList<string>, Task<IReadOnlyList<string>>> namesOf)
    {
        if (words.Count == 0)
            return [];
        var typed = words[^1];
        var all = words[0] switch
        {
            _ when words.Count == 1 => [.. Commands, .. Settings],
            "status" => await OfStatusAsync(ControlWords.Of(words.Skip(1).SkipLast(1), "json"), namesOf),
            "again" => await OfAgainAsync(ControlWords.Of(words.Skip(1).SkipLast(1), "index"), namesOf),
            _ => Settings,
        };
        var given = words.SkipLast(1).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. all.Where(candidate => candidate.StartsWith(typed, StringComparison.Ordinal) && !given.Contains(candidate.Split('\t')[0])),
        ];
    }

    private static async Task<IReadOnlyList<string>> OfStatusAsync(
        ControlWords call, Func<IReadOnlyList<string>, Task<IReadOnlyList<string>>> namesOf) =>
        [.. await namesOf(call.Configuration), "json=1\tprint JSON"];

    // After the watch, again takes files.
    private static async Task<IReadOnlyList<string>> OfAgainAsync(
        ControlWords call, Func<IReadOnlyList<string>, Task<IReadOnlyList<string>>> namesOf) =>
        call.Names.Count == 0 ? await namesOf(call.Configuration) : ["index="];

    private static async Task<IReadOnlyList<string>> NamesAsync(IReadOnlyList<string> configuration)
    {
        try
        {
            var found = await RunningWatchers.FindAsync(configuration).WaitAsync(Timeout);
            return PlainOf(found.SelectMany(one => one.Status.Watches).Select(watch => watch.Name));
        }
        catch (Exception problem) when (problem is ControlException or BadConfigurationException or TimeoutException)
        {
            var config = configuration.Count == 0 ? null : WatcherConfigurationReader.Read(configuration).Config;
            return PlainOf(config?.Watches.Select(watch => watch.Name) ?? []);
        }
    }

    // A shell inserts the words unquoted, so words with special characters are omitted.
    private static List<string> PlainOf(IEnumerable<string> names) => [.. names.Where(IsPlain).Distinct().Order(StringComparer.Ordinal)];

    private static bool IsPlain(string name) => name.All(letter => char.IsLetterOrDigit(letter) || "._%+,/@:-".Contains(letter));
}
