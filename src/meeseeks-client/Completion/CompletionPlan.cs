using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.Configuration;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.CommandLine.Completion;

/// <summary>The possible completions of the last word: fixed words, and names that the box supplies.</summary>
/// <param name="Before">The part of the last word that stays.</param>
/// <param name="Typed">The rest of the last word, which is completed.</param>
/// <param name="Fixed">The words that are known without the box.</param>
/// <param name="Live">The kind of names to request from the box.</param>
internal sealed record CompletionPlan(string Before, string Typed, IReadOnlyList<CompletionCandidate> Fixed, RemoteCompletions Live)
{
    private static readonly string[] SpecKeys =
    [
        "id",
        "node",
        "tag",
        "cwd",
        .. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec)
            .Select(attribute => attribute.Name).Except(["args", "tags", "cwd"]),
    ];

    private static readonly string[] FilterKeys = ["pool", "node", "state", "tag", "active"];
    private static readonly string[] Switches = ["hold", "suspended", "restart", "resubmit", "active", "wait", "quiet", "follow", "json"];

    /// <summary>No completions.</summary>
    private static CompletionPlan Nothing { get; } = new("", "", [], RemoteCompletions.None);

    /// <summary>Finds the completions of the last word.</summary>
    /// <param name="name">The name of the program: <c>meeseeks-client</c>, or one of the q names.</param>
    /// <param name="words">The words after the name; the last one is being typed, and may be empty.</param>
    public static CompletionPlan Of(string name, IReadOnlyList<string> words)
    {
        var current = words.Count > 0 ? words[^1] : "";
        var before = CommandWords.Split([.. words.SkipLast(1)], InvokedName.Command(name));
        var end = current.IndexOf('=', StringComparison.Ordinal);
        if (before.Command is null)
        {
            return end >= 0
                ? Nothing
                : new("", current, [.. CommandTable.All.SelectMany(Names), .. Keys(ClientSettings.Names)], RemoteCompletions.None);
        }

        var command = CommandTable.Find(before.Command);
        var isPoolGiven = before.Own.Any(word => !CommandLineSetting.IsSetting(word) || word.StartsWith("pool=", StringComparison.Ordinal));
        return command is null || (command == SubCommand.Definition && isPoolGiven) ? Nothing
            : end >= 0 ? Value(current, end)
            : Word(command, current);
    }

    private static IEnumerable<CompletionCandidate> Names(CommandDefinition command) =>
        new[] { command.Name, command.Alias }.OfType<string>().Select(name => new CompletionCandidate(name, command.Summary));

    private static IEnumerable<CompletionCandidate> Keys(params IEnumerable<string> keys) =>
        keys.Distinct().Select(key => new CompletionCandidate($"{key}="));

    private static IEnumerable<CompletionCandidate> Texts(params IEnumerable<string> texts) =>
        texts.Select(text => new CompletionCandidate(text));

    private static CompletionPlan Value(string current, int end)
    {
        var key = current[..end];
        var start = Math.Max(end, current.LastIndexOf(',')) + 1;
        var plan = Nothing with { Before = current[..start], Typed = current[start..] };
        return key switch
        {
            "state" => plan with { Fixed = [.. Texts(Enum.GetValues<JobState>().Select(JobStates.Word))] },
            "signal" => plan with { Fixed = [.. Texts(Signal.Names)] },
            "pool" => plan with { Live = RemoteCompletions.Pools },
            "node" or "submit_node" => plan with { Live = RemoteCompletions.Nodes },
            "id" or "ids" => plan with { Live = RemoteCompletions.Jobs },
            _ when Switches.Contains(key) => plan with { Fixed = [.. Texts("0", "1")] },
            _ => Nothing,
        };
    }

    private static CompletionPlan Word(CommandDefinition command, string current)
    {
        var plan = Nothing with { Typed = current };
        return command.Name switch
        {
            _ when current.StartsWith('-') => plan with { Fixed = [.. Texts("--help", "--version")] },
            "sub" when current.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at =>
                plan with { Before = current[..(at + 1)], Typed = current[(at + 1)..], Live = RemoteCompletions.Nodes },

            // Not "pool=": the pool needs no key, and a pool whose name begins like it would no longer be completed at once.
            "sub" => plan with
            {
                Fixed = [.. Keys([.. SpecKeys.Except(["pool"]), "wait", "quiet", "file"])],
                Live = RemoteCompletions.Pools,
            },
            "mod" => plan with { Fixed = [.. Keys([.. FilterKeys, .. SpecKeys])], Live = RemoteCompletions.Jobs },
            "del" => plan with { Fixed = [.. Keys([.. FilterKeys, "signal"])], Live = RemoteCompletions.Jobs },
            "out" or "err" => plan with { Fixed = [.. Keys("follow")], Live = RemoteCompletions.Jobs },
            "stat" => plan with { Fixed = [.. Texts("nodes", "pools", "jobs", "active", "tree"), .. Keys(FilterKeys)] },
            "top" => plan with { Fixed = [.. Keys(FilterKeys)] },
            "hist" => plan with { Fixed = [.. Keys([.. FilterKeys, "file", "json"])] },
            "conf" => plan with { Live = RemoteCompletions.Nodes },
            "nodes" or "pools" => plan,
            "ls" => plan with { Fixed = [.. Keys([.. FilterKeys, "quiet"])], Live = RemoteCompletions.Jobs },
            _ => plan with { Fixed = [.. Keys(FilterKeys)], Live = RemoteCompletions.Jobs },
        };
    }
}
