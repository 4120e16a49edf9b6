using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Completion;

/// <summary>
/// <c>complete NAME WORD...</c>: the command that shell completions call. Prints a line for each completion of the last word: the word,
/// a tab and its meaning. It is fast, and prints no errors.
/// </summary>
internal static class CompleteCommand
{
    // More are of no use, and shells are slow to show them.
    private const int MostJobs = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Prints the completions.</summary>
    /// <param name="words">The name of the program, and the words after it.</param>
    /// <param name="console">The output.</param>
    /// <param name="stop">Ends the command.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, ConsoleOutput console, CancellationToken stop)
    {
        if (words.Count is 0)
            return ClientExitStatus.WrongUsage;

        var (name, typed) = (words[0], words.Skip(1).ToList());
        var plan = CompletionPlan.Of(name, typed);
        var live = plan.Live is RemoteCompletions.None ? [] : await RequestAsync(plan, name, typed, stop);
        var all = plan.Fixed.Concat(live.Order(StringComparer.Ordinal).Select(text => new CompletionCandidate(text)));
        foreach (var candidate in all.Where(candidate => candidate.Text.StartsWith(plan.Typed, StringComparison.Ordinal)))
            await console.Out.WriteLineAsync($"{plan.Before}{candidate.Text}{(candidate.Meaning is { } meaning ? $"\t{meaning}" : "")}");

        await console.FlushAsync(stop);
        return ClientExitStatus.Good;
    }

    private static async Task<IEnumerable<string>> RequestAsync(
        CompletionPlan plan, string name, IReadOnlyList<string> typed, CancellationToken stop)
    {
        try
        {
            var words = CommandWords.Split([.. typed.SkipLast(1)], InvokedName.Command(name));
            var settings = ClientSettings.Read(words.Client, Environment.GetEnvironmentVariable(ClientSettings.Variable));
            await using var client = new MeeseeksClient(settings.Options with { Timeout = Timeout });
            var names = plan.Live switch
            {
                RemoteCompletions.Jobs => await client.ListAsync(JobSelection.Ids($"{plan.Typed}*"), stop) is { Count: <= MostJobs } ids
                    ? ids
                    : Array.Empty<string>(),
                RemoteCompletions.Pools => (await client.PoolsAsync(stop)).Keys,
                RemoteCompletions.Nodes => (await client.NodesAsync(stop)).Keys,
                _ => throw new InvalidOperationException($"There are no {plan.Live} to ask for."),
            };
            return names.Where(IsPlain);
        }
        catch (Exception problem) when (problem is MeeseeksException or UsageException)
        {
            // A message would appear in the middle of the line that is being typed.
            return [];
        }
    }

    // A shell inserts the words unquoted, so words with special characters are omitted.
    private static bool IsPlain(string text) =>
        text.All(character => char.IsLetterOrDigit(character) || "._%+,/@:-".Contains(character));
}
