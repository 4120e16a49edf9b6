using System.CommandLine;
using System.CommandLine.Help;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Completion;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.CommandLine;

/// <summary>Parses the command line, runs the command and returns the exit status.</summary>
internal sealed class Runner(ConsoleOutput console, TimeProvider time)
{
    /// <summary>Runs a command.</summary>
    /// <param name="words">The words of the command line.</param>
    /// <param name="stop">Cancelled by Ctrl-C.</param>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(CommandWords words, CancellationToken stop)
    {
        // The words are an unfinished command line: they are neither parsed nor logged.
        if (words.Command is CompleteCommand.Name)
        {
            return await CompleteCommand.RunAsync(words.Own, console, stop);
        }

        try
        {
            var result = Root(words).Parse([.. Tokens(words)], new ParserConfiguration { ResponseFileTokenReplacer = null });
            return result.Errors is [var error, ..]
                ? throw new UsageException(error.Message.TrimEnd('.'))
                : await result.InvokeAsync(Configuration(), stop);
        }
        catch (UsageException problem)
        {
            return PrintUsage(problem, words);
        }
    }

    private InvocationConfiguration Configuration() =>
        new() { Output = console.Out, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    private static IEnumerable<string> Tokens(CommandWords words)
    {
        if (words.Command is not { } command)
        {
            throw new UsageException("") { ListsCommands = true };
        }

        if (!IsOption(command) && !CommandTable.All.Any(known => known.Name == command || known.Alias == command))
        {
            var suggestion = DidYouMean.Of(command, CommandTable.All.SelectMany(known => new[] { known.Name, known.Alias ?? known.Name }));
            throw new UsageException($"unknown command '{command}'{suggestion}") { ListsCommands = true };
        }

        // The variadic argument would accept words that look like options; after "--" every word is allowed.
        if (words.Own.TakeWhile(word => word is not "--").FirstOrDefault(IsUnknownOption) is { } odd)
        {
            throw new UsageException(
                $"unknown option '{odd}'; options are key=value words, and words that begin with a dash go after --");
        }

        // Under a q name, the implied command precedes the option.
        return words.Own is ["--version"] ? words.Own : [command, .. words.Own];
    }

    private static bool IsOption(string word) => word is "--help" or "-h" or "-?" or "--version";

    private static bool IsUnknownOption(string word) =>
        word.Length > 1 && word.StartsWith('-') && !IsOption(word) && !CommandLineSetting.IsSetting(word);

    private int PrintUsage(UsageException problem, CommandWords words)
    {
        if (problem.ListsCommands)
        {
            // To standard output, as in the original.
            console.Out.WriteLine(HelpText.OfAll);
            console.Out.Flush();
            if (problem.Message.Length > 0)
            {
                console.WriteMessage(problem.Message);
            }

            return ClientExitStatus.WrongUsage;
        }

        var command = CommandTable.All.Any(known => known.Name == words.Command || known.Alias == words.Command) ? $" {words.Command}" : "";
        console.WriteMessage($"{problem.Message}\nsee meeseeks-client{command} --help");
        return ClientExitStatus.WrongUsage;
    }

    private RootCommand Root(CommandWords words)
    {
        var root = new RootCommand();
        root.Directives.Clear();
        root.Options.OfType<HelpOption>().Single().Action = new HelpText();
        foreach (var definition in CommandTable.All)
        {
            root.Subcommands.Add(Command(definition, words));
        }

        return root;
    }

    private Command Command(CommandDefinition definition, CommandWords words)
    {
        var command = new Command(definition.Name);
        if (definition.Alias is not null)
        {
            command.Aliases.Add(definition.Alias);
        }

        var own = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        if (definition.TakesWords)
        {
            command.Arguments.Add(own);
        }

        command.SetAction((parsed, stop) =>
            RunAsync(definition, words with { Own = definition.TakesWords ? parsed.GetValue(own) ?? [] : [] }, stop));
        return command;
    }

    private async Task<int> RunAsync(CommandDefinition definition, CommandWords words, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        var settings = ClientSettings.Read(words.Client, Environment.GetEnvironmentVariable(ClientSettings.Variable));
        settings.Warnings.ToList().ForEach(console.Warn);
        var status = ClientExitStatus.Failed;
        try
        {
            await using var invocation = new Invocation(words, settings, console, time, stop);
            status = await definition.RunAsync(invocation);
            await console.FlushAsync(stop);
        }
        catch (UsageException problem)
        {
            status = PrintUsage(problem, words);
        }
        catch (Exception problem) when (problem is MeeseeksException or CommandFailedException)
        {
            console.WriteMessage(problem.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            status = ClientExitStatus.Interrupted;
        }

        if (settings.Log is { } log
            && CallLog.Append(log, time.GetLocalNow(), definition.Name, status, time.GetElapsedTime(begin), console.Messages) is { } fault)
        {
            console.Warn(fault);
        }

        return status;
    }
}
