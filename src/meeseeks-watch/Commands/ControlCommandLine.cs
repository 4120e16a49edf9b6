using System.CommandLine;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Commands;

/// <summary>The command line of <c>status</c> and <c>again</c>.</summary>
internal static class ControlCommandLine
{
    /// <summary>Whether a first argument is one of these commands.</summary>
    public static bool Has(string? word) => word is "status" or "again";

    /// <summary>What is wrong with words of a configuration among which is one of these commands; null when there is none.</summary>
    public static string? ProblemOf(IReadOnlyList<string> words) =>
        words.FirstOrDefault(word => Has(word) && !File.Exists(word)) is { } command
            ? $"{command}: there is no such file, and a command comes first: meeseeks-watch "
                + string.Join(' ', words.Except([command]).Prepend(command))
            : null;

    /// <summary>The end of a message about a word that may be meant for one of these commands; empty when it is not near.</summary>
    public static string DidYouMean(string word) => Foundation.Text.DidYouMean.Of(word, ["status", "again"]);

    /// <summary>The command line of these commands.</summary>
    /// <param name="program">The name of the program.</param>
    public static RootCommand Create(string program)
    {
        var call = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var status = new Command("status", """
            Prints what the watches of a running watcher do: [CONFIG] [WATCH]... [json=1]

            CONFIG are the files and words that the watcher was started with. Without them, all watchers of this user are shown. The exit
            status is 1 when a watch is held up or late, a job has failed, or no watcher answers.

            Examples:
              meeseeks-watch status /etc/meeseeks/watch.cfg
              meeseeks-watch status in json=1
            """) { call };
        status.SetAction((parsed, _) =>
            StandardStream.RunAsync(program, () => ControlCommands.StatusAsync(parsed.GetValue(call) ?? [], TimeProvider.System)));
        var again = new Command("again", """
            Runs files of a watch again, whatever their results: [CONFIG] WATCH FILE... [index=N]

            FILE is a name in the folder of the watch, its full path, or a pattern. All steps are run, or those from N on, counted from 0.

            Examples:
              meeseeks-watch again in a.dat
              meeseeks-watch again /etc/meeseeks/watch.cfg in '*.dat' index=1
            """) { call };
        again.SetAction((parsed, _) =>
            StandardStream.RunAsync(program, () => ControlCommands.AgainAsync(parsed.GetValue(call) ?? [])));
        return new RootCommand("Talks to a running meeseeks-watch.") { status, again };
    }
}
