using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Completion;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.CommandLine;

/// <summary>Runs the command of a command line and returns the exit status.</summary>
internal sealed class Runner(ConsoleOutput console, Interruption interruption, TimeProvider time)
{
    /// <summary>Runs a command.</summary>
    /// <param name="words">The words of the command line.</param>
    /// <param name="arguments">The same words, as they were given, with their bytes.</param>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(CommandWords words, IReadOnlyList<string> arguments)
    {
        // The words are an unfinished command line: they are neither parsed nor logged.
        if (words.Command is CommandWords.Completion)
            return await CompleteCommand.RunAsync(words.Own, console, interruption.Token);

        try
        {
            // The words of a job are passed on by their bytes.
            if (StarterText.FaultOf(arguments.SkipLast(words.Job.Count)) is { } notText)
                throw new UsageException(notText);

            return (CommandTable.Find(words.Command), words) switch
            {
                (null, { Command: { } unknown }) => throw UnknownCommand(unknown),
                (_, { UnknownOption: { } odd }) => throw new UsageException(
                    $"unknown option '{odd}'; options are key=value words, and words that begin with a dash go after --"),
                (var command, { AsksForHelp: true }) => Print(command is null ? HelpText.OfAll : HelpText.Of(command)),
                (_, { AsksForVersion: true }) => Print(HelpText.Version),
                (null, _) => throw new UsageException("") { ListsCommands = true },
                ({ TakesWords: false }, { Own: [var extra, ..] }) => throw new UsageException(
                    $"unknown word '{extra}'; {words.Command} accepts only options, like refresh=2"),
                ({ } command, _) => await RunAsync(command, words),
            };
        }
        catch (UsageException problem)
        {
            return PrintUsage(problem, words);
        }
    }

    private static UsageException UnknownCommand(string command) =>
        new($"unknown command '{command}'{DidYouMean.Of(command, CommandTable.Names)}");

    private int Print(string text)
    {
        console.Out.WriteLine(text);
        return ClientExitStatus.Good;
    }

    private int PrintUsage(UsageException problem, CommandWords words)
    {
        if (problem.ListsCommands)
        {
            // To standard output, as in the original.
            console.Out.WriteLine(HelpText.OfAll);
            return ClientExitStatus.WrongUsage;
        }

        var command = CommandTable.Find(words.Command) is null ? "" : $" {words.Command}";
        console.WriteMessage($"{problem.Message}\nsee meeseeks-client{command} --help");
        return ClientExitStatus.WrongUsage;
    }

    private async Task<int> RunAsync(CommandDefinition definition, CommandWords words)
    {
        var begin = time.GetTimestamp();
        if (StarterText.FaultOfVariable(ClientSettings.Variable) is { } notText)
            throw new UsageException(notText);

        var settings = ClientSettings.Read(words.Client, Environment.GetEnvironmentVariable(ClientSettings.Variable));
        settings.Warnings.ToList().ForEach(console.Warn);
        var status = ClientExitStatus.Failed;
        try
        {
            await using var invocation = new Invocation(words, settings, console, time, interruption.Token);
            status = await definition.RunAsync(invocation);
            await console.FlushAsync(interruption.Token);
        }
        catch (UsageException problem)
        {
            status = PrintUsage(problem, words);
        }
        catch (Exception problem) when (problem is MeeseeksException or CommandFailedException or StandardStreamException)
        {
            console.WriteMessage(problem.Message);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            status = interruption.Status;
        }

        if (settings.Log is { } log
            && CallLog.Append(log, time.GetLocalNow(), definition.Name, status, time.GetElapsedTime(begin), console.Messages) is { } fault)
        {
            console.Warn(fault);
        }

        return status;
    }
}
