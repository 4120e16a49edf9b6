using System.CommandLine;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.CommandLine;

/// <summary>Parses the words, runs the command that they name, and makes an exit status of what comes of it.</summary>
internal sealed class Runner(Screen screen, TimeProvider time)
{
    private const string Description = """
        Submits jobs to a meeseeks-box, asks for them, changes them and waits for them.

        Client options stand before the command, or in MEESEEKS_CONF: address= (localhost), port= (13700), timeout= (10 seconds),
        refresh= (for stat: show it again every so many seconds until no jobs are left), ssl.cafile= ssl.cert= ssl.key= and the like,
        file=FILE (a JSON file with such options), log=FILE (append a line for each call). All but file= may stand behind the command
        too. Under the names qsub, qstat, qjob, qdel, qmod and qconf the command is implied.

        Examples:
          meeseeks-client address=head1 stat
          MEESEEKS_CONF='address=head1 ssl.cafile=ca.pem' qsub p1 sleep 60
        """;

    /// <summary>Runs a command.</summary>
    /// <param name="words">The words of the command line.</param>
    /// <param name="stop">Ends it: somebody pressed Ctrl-C.</param>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(CommandWords words, CancellationToken stop)
    {
        try
        {
            var result = Root(words).Parse([.. Tokens(words)], new ParserConfiguration { ResponseFileTokenReplacer = null });
            return result.Errors is [var error, ..]
                ? throw new UsageException($"{error.Message} See {Asked(words)} --help.")
                : await result.InvokeAsync(new InvocationConfiguration { Output = screen.Out, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop);
        }
        catch (UsageException problem)
        {
            screen.Say(problem.Message);
            return ExitStatus.WrongUsage;
        }
    }

    private static IEnumerable<string> Tokens(CommandWords words)
    {
        if (words.Command is not { } command)
        {
            throw new UsageException("which command? See meeseeks-client --help.");
        }

        if (!IsOption(command) && !CommandTable.All.Any(known => known.Name == command || known.Alias == command))
        {
            var nearest = KeyDistance.Nearest(command, CommandTable.All.SelectMany(known => new[] { known.Name, known.Alias ?? known.Name }));
            throw new UsageException($"there is no command '{command}'; did you mean {nearest}? See meeseeks-client --help.");
        }

        // A variadic argument would take what looks like an option; behind -- anything goes.
        if (words.Own.TakeWhile(word => word is not "--").FirstOrDefault(word => word.Length > 1 && word.StartsWith('-') && !IsOption(word) && !ConfigWord.IsWord(word)) is { } odd)
        {
            throw new UsageException($"there is no option '{odd}'; options are key=value words, and what begins with a dash stands behind a word --");
        }

        return [command, .. words.Own];
    }

    private static bool IsOption(string word) => word is "--help" or "-h" or "-?" or "--version";

    private static string Asked(CommandWords words) => words.Command is { } command && !IsOption(command) ? $"meeseeks-client {command}" : "meeseeks-client";

    private RootCommand Root(CommandWords words)
    {
        var root = new RootCommand(Description);
        root.Directives.Clear();
        foreach (var definition in CommandTable.All)
        {
            root.Subcommands.Add(Command(definition, words));
        }

        return root;
    }

    private Command Command(CommandDefinition definition, CommandWords words)
    {
        var command = new Command(definition.Name, $"{definition.Summary}\n\n{definition.Help}");
        if (definition.Alias is not null)
        {
            command.Aliases.Add(definition.Alias);
        }

        var own = new Argument<string[]>(definition.Words) { Arity = ArgumentArity.ZeroOrMore };
        if (definition.TakesWords)
        {
            command.Arguments.Add(own);
        }

        command.SetAction((parsed, stop) => RunAsync(definition, words with { Own = definition.TakesWords ? parsed.GetValue(own) ?? [] : [] }, stop));
        return command;
    }

    private async Task<int> RunAsync(CommandDefinition definition, CommandWords words, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        var settings = ClientSettings.Read(words.Client, Environment.GetEnvironmentVariable(ClientSettings.Variable));
        settings.Warnings.ToList().ForEach(screen.Warn);
        var status = ExitStatus.Failed;
        try
        {
            await using var invocation = new Invocation(words, settings, screen, time, stop);
            status = await definition.RunAsync(invocation);
            await screen.FlushAsync(stop);
        }
        catch (UsageException problem)
        {
            screen.Say($"{problem.Message} See {Asked(words)} --help.");
            status = ExitStatus.WrongUsage;
        }
        catch (Exception problem) when (problem is MeeseeksException or FailureException)
        {
            screen.Say(problem.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            status = ExitStatus.Interrupted;
        }

        if (settings.Log is { } log && CallLog.Append(log, time.GetLocalNow(), definition.Name, status, time.GetElapsedTime(begin), screen.Said) is { } fault)
        {
            screen.Warn(fault);
        }

        return status;
    }
}
