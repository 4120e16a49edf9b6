using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;

namespace MeeseeksBox.CommandLine.Completion;

/// <summary>
/// <c>complete NAME WORD...</c>: what shells ask while somebody types. Prints a line for each word that the last one may become, with a tab
/// before what it means. It is quick and says nothing else, whatever goes wrong.
/// </summary>
internal static class CompleteCommand
{
    /// <summary>The word that it is called by. No help tells of it.</summary>
    public const string Name = "complete";

    // Nobody reads so many, and a shell takes long to show them.
    private const int MostJobs = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Prints what may be meant.</summary>
    /// <param name="words">The name of the program, and the words behind it.</param>
    /// <param name="console">Where to.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, ConsoleOutput console, CancellationToken stop)
    {
        if (words.Count is 0)
        {
            return ClientExitStatus.WrongUsage;
        }

        var (name, typed) = (words[0], words.Skip(1).ToList());
        var plan = CompletionPlan.Of(name, typed);
        var live = plan.Live is RemoteCompletions.None ? [] : await RequestAsync(plan, name, typed, stop);
        var all = plan.Fixed.Concat(live.Order(StringComparer.Ordinal).Select(text => new CompletionCandidate(text)));
        foreach (var candidate in all.Where(candidate => candidate.Text.StartsWith(plan.Typed, StringComparison.Ordinal)))
        {
            await console.Out.WriteLineAsync($"{plan.Before}{candidate.Text}{(candidate.Meaning is { } meaning ? $"\t{meaning}" : "")}");
        }

        await console.FlushAsync(stop);
        return ClientExitStatus.Good;
    }

    private static async Task<IEnumerable<string>> RequestAsync(CompletionPlan plan, string name, IReadOnlyList<string> typed, CancellationToken stop)
    {
        try
        {
            var words = CommandWords.Split([.. typed.SkipLast(1)], InvokedName.Command(name));
            var settings = ClientSettings.Read(words.Client, Environment.GetEnvironmentVariable(ClientSettings.Variable));
            await using var client = new MeeseeksClient(settings.Options with { Timeout = Timeout });
            var names = plan.Live switch
            {
                RemoteCompletions.Jobs => await client.ListAsync(JobSelection.Ids($"{plan.Typed}*"), stop) is { Count: <= MostJobs } ids ? ids : Array.Empty<string>(),
                RemoteCompletions.Pools => (await client.PoolsAsync(stop)).Keys,
                RemoteCompletions.Nodes => (await client.NodesAsync(stop)).Keys,
                _ => throw new InvalidOperationException($"There are no {plan.Live} to ask for."),
            };
            return names.Where(IsPlain);
        }
        catch (Exception problem) when (problem is MeeseeksException or UsageException)
        {
            // Somebody is typing: a message would stand in the middle of the line.
            return [];
        }
    }

    // A shell takes the words over as they are: one with a quote or a dollar sign would mean something else there.
    private static bool IsPlain(string text) => text.All(character => char.IsLetterOrDigit(character) || "._%+,/@:-".Contains(character));
}
